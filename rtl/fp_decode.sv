// SPDX-License-Identifier: Apache-2.0
// Takes a bf16, fp8 e4m3 or fp8 e5m2 number apart. Subnormal fp8 numbers come out normalised;
// subnormal bf16 numbers read as 0.
//
// Latency: combinational. Isolated unless valid.

module fp_decode #(
  parameter int unsigned Type = 3,
  localparam int unsigned Width         = mxu_pkg::weight_width(Type),
  localparam int unsigned FractionWidth = mxu_pkg::fraction_width(Type),
  localparam int unsigned ExponentWidth = Width - 1 - FractionWidth
) (
  input  logic                            valid_i,
  input  logic [Width-1:0]                number_i,
  output logic                            nan_o,
  output logic                            infinite_o,
  output logic                            zero_o,
  output logic                            sign_o,
  output logic signed [ExponentWidth+1:0] exponent_o,    // Biased as in the format; signed.
  output logic [FractionWidth:0]          significand_o  // With its leading one.
);

  localparam bit HasSubnormals = Type != mxu_pkg::Bf16;
  localparam bit HasInfinity   = Type != mxu_pkg::Fp8E4m3;  // Only S.1111.111 is special there.

  logic [ExponentWidth-1:0] exponent;
  logic [FractionWidth-1:0] fraction;

  always_comb begin
    {exponent, fraction} = '0;
    {nan_o, infinite_o, zero_o, sign_o, exponent_o, significand_o} = '0;

    if (valid_i) begin
      {sign_o, exponent, fraction} = number_i;

      nan_o      = exponent == '1 && (HasInfinity ? fraction != '0 : fraction == '1);
      infinite_o = HasInfinity && exponent == '1 && fraction == '0;
      zero_o     = exponent == '0 && (!HasSubnormals || fraction == '0);

      exponent_o    = {2'b0, exponent};
      significand_o = {1'b1, fraction};
      if (HasSubnormals && exponent == '0) begin
        exponent_o    = (ExponentWidth + 2)'(1);
        significand_o = {1'b0, fraction};
        for (int i = 0; i < FractionWidth; i++) begin
          if (!significand_o[FractionWidth]) begin
            exponent_o    = exponent_o - (ExponentWidth + 2)'(1);
            significand_o = significand_o << 1;
          end
        end
      end
    end
  end

endmodule
