// SPDX-License-Identifier: Apache-2.0
// An int32 as fp32, rounded to nearest, ties to even; with Quarters, a quarter of it.
//
// Latency: combinational. Isolated unless valid.

module int_to_fp32 #(
  parameter int unsigned Quarters = 0
) (
  input  logic        valid_i,
  input  logic [31:0] integer_i,
  output logic [31:0] float_o
);

  // Exponent field of a number whose leading one is bit 31.
  localparam logic [7:0] TopExponent = Quarters != 0 ? 8'd156 : 8'd158;

  logic [31:0] magnitude;
  logic [4:0]  zeros;
  logic        up;

  always_comb begin
    {magnitude, zeros, up, float_o} = '0;

    if (valid_i) begin
      magnitude = integer_i[31] ? -integer_i : integer_i;
      zeros[4]  = magnitude[31:16] == '0;
      magnitude = zeros[4] ? magnitude << 16 : magnitude;
      zeros[3]  = magnitude[31:24] == '0;
      magnitude = zeros[3] ? magnitude << 8 : magnitude;
      zeros[2]  = magnitude[31:28] == '0;
      magnitude = zeros[2] ? magnitude << 4 : magnitude;
      zeros[1]  = magnitude[31:30] == '0;
      magnitude = zeros[1] ? magnitude << 2 : magnitude;
      zeros[0]  = !magnitude[31];
      magnitude = zeros[0] ? magnitude << 1 : magnitude;
      up        = magnitude[7] && (magnitude[8] || magnitude[6:0] != '0);

      // Rounding carries into the exponent on its own.
      if (magnitude[31]) begin
        float_o[31]   = integer_i[31];
        float_o[30:0] = {TopExponent - {3'b0, zeros}, magnitude[30:8]} + {30'b0, up};
      end
    end
  end

endmodule
