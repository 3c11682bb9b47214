// SPDX-License-Identifier: Apache-2.0
// The product of two bf16, fp8 e4m3 or fp8 e5m2 numbers as fp32, by a multiplier no wider than
// their significands (8 x 8, 4 x 4, 3 x 3 bits). It is exact unless it leaves fp32's range, which
// only bf16 can: then it is infinite or 0.
//
// Latency: combinational. Isolated unless valid.

module fp_multiply #(
  parameter int unsigned Type = 3,
  localparam int unsigned Width = mxu_pkg::weight_width(Type)
) (
  input  logic             valid_i,
  input  logic [Width-1:0] a_i,
  input  logic [Width-1:0] b_i,
  output logic [31:0]      product_o
);

  localparam int unsigned FractionWidth = mxu_pkg::fraction_width(Type);
  localparam int unsigned ExponentWidth = Width - 1 - FractionWidth;
  localparam int unsigned ProductWidth  = 2 * (FractionWidth + 1);

  // From twice the format's bias to that of fp32.
  localparam logic signed [9:0] Rebias = 10'd127 - 10'((1 << ExponentWidth) - 2);

  logic                            a_nan, a_infinite, a_zero, a_sign;
  logic                            b_nan, b_infinite, b_zero, b_sign;
  logic signed [ExponentWidth+1:0] a_exponent, b_exponent;
  logic [FractionWidth:0]          a_significand, b_significand;

  fp_decode #(
    .Type ( Type )
  ) u_decode_a (
    .valid_i,
    .number_i      ( a_i           ),
    .nan_o         ( a_nan         ),
    .infinite_o    ( a_infinite    ),
    .zero_o        ( a_zero        ),
    .sign_o        ( a_sign        ),
    .exponent_o    ( a_exponent    ),
    .significand_o ( a_significand )
  );

  fp_decode #(
    .Type ( Type )
  ) u_decode_b (
    .valid_i,
    .number_i      ( b_i           ),
    .nan_o         ( b_nan         ),
    .infinite_o    ( b_infinite    ),
    .zero_o        ( b_zero        ),
    .sign_o        ( b_sign        ),
    .exponent_o    ( b_exponent    ),
    .significand_o ( b_significand )
  );

  logic                    sign;
  logic [ProductWidth-1:0] product;
  logic signed [9:0]       exponent;

  always_comb begin
    {sign, product, exponent, product_o} = '0;

    if (valid_i) begin
      sign     = a_sign ^ b_sign;
      product  = ProductWidth'(a_significand) * ProductWidth'(b_significand);
      exponent = 10'(a_exponent) + 10'(b_exponent) + Rebias + 10'(product[ProductWidth-1]);
      product  = product[ProductWidth-1] ? product : product << 1;

      product_o = {sign, exponent[7:0], product[ProductWidth-2:0], {(24 - ProductWidth) {1'b0}}};
      if (a_nan || b_nan || (a_infinite && b_zero) || (b_infinite && a_zero)) begin
        product_o = mxu_pkg::Nan;
      end else if (a_infinite || b_infinite || exponent > 10'sd254) begin
        product_o = {sign, 8'hff, 23'b0};
      end else if (a_zero || b_zero || exponent < 10'sd1) begin
        product_o = '0;
      end
    end
  end

endmodule
