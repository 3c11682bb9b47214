// SPDX-License-Identifier: Apache-2.0
// ftz(ftz(a) x ftz(b)) of two fp32 numbers, rounded once, to nearest, ties to even.
//
// Latency: combinational. Isolated unless valid.

module fp32_multiply (
  input  logic        valid_i,
  input  logic [31:0] a_i,
  input  logic [31:0] b_i,
  output logic [31:0] product_o
);

  logic              a_zero, b_zero, a_special, b_special, nan, sign, up;
  logic signed [9:0] exponent;
  logic [47:0]       product;

  always_comb begin
    {a_zero, b_zero, a_special, b_special, nan, sign, up} = '0;
    {exponent, product, product_o}                        = '0;

    if (valid_i) begin
      a_zero    = a_i[30:23] == '0;
      b_zero    = b_i[30:23] == '0;
      a_special = a_i[30:23] == '1;
      b_special = b_i[30:23] == '1;
      nan       = (a_special && (a_i[22:0] != '0 || b_zero)) ||
                  (b_special && (b_i[22:0] != '0 || a_zero));
      sign      = a_i[31] ^ b_i[31];

      product  = {24'b0, 1'b1, a_i[22:0]} * {24'b0, 1'b1, b_i[22:0]};
      exponent = {2'b0, a_i[30:23]} + {2'b0, b_i[30:23]} - 10'd127 + {9'b0, product[47]};
      product  = product[47] ? product : product << 1;
      up       = product[23] && (product[24] || product[22:0] != '0);

      // Rounding carries into the exponent, and so into infinity, on its own.
      product_o = {sign, {exponent[7:0], product[46:24]} + {30'b0, up}};
      if (nan) begin
        product_o = mxu_pkg::Nan;
      end else if (a_special || b_special || exponent > 10'sd254) begin
        product_o = {sign, 8'hff, 23'b0};
      end else if (a_zero || b_zero || exponent < 10'sd0) begin
        product_o = '0;
      end else if (exponent == 10'sd0) begin
        // A subnormal has one place less, and what rounds up to the least normal number there is
        // not flushed.
        product_o = product[47:24] == '1 ? {sign, 8'd1, 23'b0} : '0;
      end
    end
  end

endmodule
