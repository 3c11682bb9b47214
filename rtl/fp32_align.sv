// SPDX-License-Identifier: Apache-2.0
// First part of an fp32 addition: orders the operands by magnitude and shifts the smaller to the
// exponent of the larger. What reads as 0 (exponent field 0) has significand 0.
//
// Latency: combinational. Isolated unless valid.

module fp32_align (
  input  logic        valid_i,
  input  logic [31:0] a_i,
  input  logic [31:0] b_i,
  output logic        nan_o,
  output logic        infinite_o,
  output logic        sign_o,      // Of the larger, and so of the sum.
  output logic        subtract_o,
  output logic [7:0]  exponent_o,
  output logic [23:0] greater_o,
  output logic [26:0] lesser_o      // Three bits finer; the last one is sticky.
);

  logic        swap, greater_special;
  logic [30:0] greater, lesser;
  logic [7:0]  distance;
  logic [4:0]  shift;
  logic [55:0] shifted;

  always_comb begin
    {swap, greater_special, greater, lesser} = '0;
    {distance, shift, shifted}          = '0;
    {nan_o, infinite_o, sign_o, subtract_o, exponent_o, greater_o, lesser_o} = '0;

    if (valid_i) begin
      swap    = b_i[30:0] > a_i[30:0];
      greater   = swap ? b_i[30:0] : a_i[30:0];
      lesser   = swap ? a_i[30:0] : b_i[30:0];
      sign_o  = swap ? b_i[31] : a_i[31];

      subtract_o = a_i[31] ^ b_i[31];
      exponent_o = greater[30:23];
      greater_o    = greater[30:23] == '0 ? '0 : {1'b1, greater[22:0]};

      // Beyond 26 places only the sticky bit is left.
      distance = greater[30:23] - lesser[30:23];
      shift    = distance > 8'd31 ? 5'd31 : distance[4:0];
      shifted  = {lesser[30:23] != '0, lesser[22:0], 32'b0} >> shift;
      shifted  = lesser[30:23] == '0 ? '0 : shifted;
      lesser_o  = {shifted[55:30], shifted[29:0] != '0};

      // A NaN has the largest magnitude there is, so it is the larger of the two.
      greater_special = greater[30:23] == '1;
      nan_o         = greater_special && (greater[22:0] != '0 || (lesser == greater && subtract_o));
      infinite_o    = greater_special;
    end
  end

endmodule
