// SPDX-License-Identifier: Apache-2.0
// Last part of an fp32 addition: shifts the sum until its leading one is in place, rounds it to
// nearest, ties to even, and packs it. A sum below the normal numbers is exact and becomes +0.
//
// Latency: combinational. Isolated unless valid.

module fp32_normalise (
  input  logic        valid_i,
  input  logic        nan_i,
  input  logic        infinite_i,
  input  logic        sign_i,
  input  logic [7:0]  exponent_i,  // Of bit 26 of the sum.
  input  logic [27:0] total_i,     // Bits 2 to 0 are below the last place of exponent_i.
  output logic [31:0] sum_o
);

  logic [27:0]       total;
  logic [4:0]        zeros;
  logic signed [9:0] exponent;
  logic              up;

  always_comb begin
    {total, zeros, exponent, up, sum_o} = '0;

    if (valid_i) begin
      total    = total_i;
      zeros[4] = total[27:12] == '0;
      total    = zeros[4] ? total << 16 : total;
      zeros[3] = total[27:20] == '0;
      total    = zeros[3] ? total << 8 : total;
      zeros[2] = total[27:24] == '0;
      total    = zeros[2] ? total << 4 : total;
      zeros[1] = total[27:26] == '0;
      total    = zeros[1] ? total << 2 : total;
      zeros[0] = !total[27];
      total    = zeros[0] ? total << 1 : total;

      exponent = {2'b0, exponent_i} + 10'd1 - {5'b0, zeros};
      up       = total[3] && (total[4] || total[2:0] != '0);

      // Rounding carries into the exponent, and so into infinity, on its own.
      sum_o = {sign_i, {exponent[7:0], total[26:4]} + {30'b0, up}};
      if (nan_i) begin
        sum_o = mxu_pkg::Nan;
      end else if (infinite_i || exponent > 10'sd254) begin
        sum_o = {sign_i, 8'hff, 23'b0};
      end else if (!total[27] || exponent < 10'sd1) begin
        sum_o = '0;
      end
    end
  end

endmodule
