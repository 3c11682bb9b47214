// SPDX-License-Identifier: Apache-2.0
// The product of two bf16, fp8 e4m3 or fp8 e5m2 numbers as fp32, by a multiplier no wider than
// their significands (8 x 8, 4 x 4, 3 x 3 bits). It is exact unless it leaves fp32's range, which
// only bf16 can: then it is infinite or 0. Subnormal fp8 numbers are normalised on the way in;
// subnormal bf16 numbers read as 0.
//
// Latency: combinational.

module fp_multiply #(
  parameter int unsigned Type = 3,
  localparam int unsigned Width = mxu_pkg::weight_width(Type)
) (
  input  logic [Width-1:0] a_i,
  input  logic [Width-1:0] b_i,
  output logic [31:0]      product_o
);

  localparam bit HasSubnormals = Type != mxu_pkg::Bf16;
  localparam bit HasInfinity   = Type != mxu_pkg::Fp8E4m3;  // Only S.1111.111 is special there.

  localparam int unsigned FractionWidth    = mxu_pkg::fraction_width(Type);
  localparam int unsigned ExponentWidth    = Width - 1 - FractionWidth;
  localparam int unsigned SignificandWidth = FractionWidth + 1;
  localparam int unsigned DecodedWidth     = 10 + SignificandWidth;
  localparam int unsigned ProductWidth     = 2 * SignificandWidth;

  // From twice the format's bias to that of fp32.
  localparam logic [9:0] Rebias = 10'd127 - 10'((1 << ExponentWidth) - 2);

  // The exponent above the significand, which has its leading one in place. Zero and what is no
  // number come out as if they were numbers.
  function automatic logic [DecodedWidth-1:0] decode(logic [Width-2:0] magnitude);
    logic [9:0]                  exponent;
    logic [SignificandWidth-1:0] significand;

    exponent    = 10'(magnitude[Width-2:FractionWidth]);
    significand = {1'b1, magnitude[FractionWidth-1:0]};
    if (HasSubnormals && exponent == '0) begin
      exponent                   = 10'd1;
      significand[FractionWidth] = 1'b0;
      for (int i = 0; i < FractionWidth; i++) begin
        if (!significand[FractionWidth]) begin
          exponent    = exponent - 10'd1;
          significand = significand << 1;
        end
      end
    end
    decode = {exponent, significand};
  endfunction

  function automatic logic is_zero(logic [Width-2:0] magnitude);
    is_zero = HasSubnormals ? magnitude == '0 : magnitude[Width-2:FractionWidth] == '0;
  endfunction

  // Infinity or NaN: infinity is all ones and zeros, NaN all else of that exponent.
  function automatic logic is_special(logic [Width-2:0] magnitude);
    is_special = HasInfinity ? magnitude[Width-2:FractionWidth] == '1 : magnitude == '1;
  endfunction

  function automatic logic is_nan(logic [Width-2:0] magnitude);
    is_nan = is_special(magnitude) && (!HasInfinity || magnitude[FractionWidth-1:0] != '0);
  endfunction

  logic                    sign;
  logic [DecodedWidth-1:0] a_decoded, b_decoded;
  logic signed [9:0]       exponent;
  logic [ProductWidth-1:0] product;

  always_comb begin
    a_decoded = decode(a_i[Width-2:0]);
    b_decoded = decode(b_i[Width-2:0]);

    sign     = a_i[Width-1] ^ b_i[Width-1];
    product  = ProductWidth'(a_decoded[FractionWidth:0]) *
               ProductWidth'(b_decoded[FractionWidth:0]);
    exponent = a_decoded[SignificandWidth +: 10] + b_decoded[SignificandWidth +: 10] + Rebias +
               10'(product[ProductWidth-1]);
    product  = product[ProductWidth-1] ? product : product << 1;

    product_o = {sign, exponent[7:0], product[ProductWidth-2:0], {(24 - ProductWidth) {1'b0}}};
    if (is_special(a_i[Width-2:0]) || is_special(b_i[Width-2:0])) begin
      product_o = {sign, 8'hff, 23'b0};
      if (is_nan(a_i[Width-2:0]) || is_nan(b_i[Width-2:0]) || is_zero(a_i[Width-2:0]) ||
          is_zero(b_i[Width-2:0])) begin
        product_o = mxu_pkg::Nan;
      end
    end else if (is_zero(a_i[Width-2:0]) || is_zero(b_i[Width-2:0]) || exponent < 10'sd1) begin
      product_o = '0;
    end else if (exponent > 10'sd254) begin
      product_o = {sign, 8'hff, 23'b0};
    end
  end

endmodule
