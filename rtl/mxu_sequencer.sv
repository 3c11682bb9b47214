// SPDX-License-Identifier: Apache-2.0
// Tells the accumulators which sums arrive: it counts the rows of a pass where they leave the
// array, and follows the flags with which they entered.
//
// Latency: R*L + 1 cycles from entering to column 0's accumulator.

module mxu_sequencer #(
  parameter int unsigned Rows            = 8,
  parameter int unsigned Latency         = 1,
  parameter int unsigned AccumulatorRows = 64,
  localparam int unsigned AddressWidth = mxu_pkg::index_width(AccumulatorRows)
) (
  input  logic                    clk_i,
  input  logic                    rst_ni,

  // As rows enter the array.
  input  mxu_pkg::pass_flags_t    flags_i,
  input  logic                    last_i,

  // As sums leave column 0.
  input  logic                    sums_valid_i,
  input  logic                    sums_first_i,
  output mxu_pkg::pass_flags_t    flags_o,
  output logic [AddressWidth-1:0] address_o,
  output logic                    scales_end_o  // The last row that needs its scales.
);

  localparam int unsigned FlagsWidth = 5;

  logic last;

  mxu_delay #(
    .Width  ( FlagsWidth + 1     ),
    .Stages ( Rows * Latency + 1 )
  ) u_flags (
    .clk_i,
    .rst_ni,
    .data_i ( {flags_i, last_i} ),
    .data_o ( {flags_o, last}   )
  );

  assign scales_end_o = sums_valid_i & last & flags_o.scaled & flags_o.sum_end;

  // The row's index in its pass.
  logic [AddressWidth-1:0] address_q;

  assign address_o = sums_first_i ? '0 : address_q + AddressWidth'(1);

  always_ff @(posedge clk_i) begin
    if (sums_valid_i) begin
      address_q <= address_o;
    end
  end

`ifndef SYNTHESIS
  // Nothing is valid during reset.
  assert property (@(posedge clk_i) sums_valid_i && !sums_first_i |->
                   address_q != AddressWidth'(AccumulatorRows - 1))
    else $error("a pass is longer than the accumulators");
`endif

endmodule
