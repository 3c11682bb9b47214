// SPDX-License-Identifier: Apache-2.0
// The output-stationary matrix unit. Activations and weights of a tile stream through, a step k at
// a time, while each element keeps its sum; complete sums leave by the bus of their column, row 0
// first. rtl/README.md is its contract; sim/model has its clocked model.
//
// Latency: row r of a tile whose last step enters in cycle e is a result in cycle e + r + C + 2.

module mxu_os #(
  parameter int unsigned Type           = 0,
  parameter int unsigned Rows           = 8,
  parameter int unsigned Columns        = 8,
  parameter int unsigned DoubleBuffered = 1,
  parameter int unsigned ResultSlots    = 32,
  localparam int unsigned ActWidth    = mxu_pkg::activation_width(Type),
  localparam int unsigned WeightWidth = mxu_pkg::weight_width(Type)
) (
  input  logic                           clk_i,
  input  logic                           rst_ni,

  input  logic                           operands_valid_i,
  output logic                           operands_ready_o,
  input  logic                           operands_first_i,
  input  logic                           operands_last_i,
  input  logic [Rows*ActWidth-1:0]       activations_i,
  input  logic [Columns*WeightWidth-1:0] weights_i,

  output logic                           results_valid_o,
  input  logic                           results_ready_i,
  output logic [Columns*32-1:0]          results_o
);

  logic                  result_taken;
  logic [Columns-1:0]    sum_valid;
  logic [Columns*32-1:0] sums;

  mxu_os_control #(
    .Rows           ( Rows           ),
    .Columns        ( Columns        ),
    .DoubleBuffered ( DoubleBuffered ),
    .ResultSlots    ( ResultSlots    )
  ) u_control (
    .clk_i,
    .rst_ni,
    .valid_i        ( operands_valid_i ),
    .ready_o        ( operands_ready_o ),
    .first_i        ( operands_first_i ),
    .last_i         ( operands_last_i  ),
    .result_taken_i ( result_taken     )
  );

  mxu_os_array #(
    .Type    ( Type    ),
    .Rows    ( Rows    ),
    .Columns ( Columns )
  ) u_array (
    .clk_i,
    .rst_ni,
    .valid_i     ( operands_valid_i & operands_ready_o ),
    .first_i     ( operands_first_i                    ),
    .last_i      ( operands_last_i                     ),
    .acts_i      ( activations_i                       ),
    .weights_i,
    .sum_valid_o ( sum_valid                           ),
    .sums_o      ( sums                                )
  );

  mxu_results #(
    .Columns ( Columns     ),
    .Slots   ( ResultSlots )
  ) u_results (
    .clk_i,
    .rst_ni,
    .write_i ( sum_valid       ),
    .data_i  ( sums            ),
    .valid_o ( results_valid_o ),
    .ready_i ( results_ready_i ),
    .data_o  ( results_o       ),
    .taken_o ( result_taken    )
  );

`ifndef SYNTHESIS
  mxu_channel_check #(.Width(Rows * ActWidth + Columns * WeightWidth + 2)) u_check (
    .clk_i, .rst_ni, .valid_i(operands_valid_i), .ready_i(operands_ready_o),
    .data_i({operands_first_i, operands_last_i, activations_i, weights_i})
  );
`endif

endmodule
