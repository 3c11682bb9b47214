// SPDX-License-Identifier: Apache-2.0
// The weight-stationary matrix unit. Tiles of weights load behind the running pass, rows of
// activations stream through, sums are accumulated, scaled and queued. rtl/README.md is its
// contract; sim/model has its clocked model.
//
// Latency: a row that enters in cycle e is a result in cycle e + (R+1)*L + C.

module mxu_ws #(
  parameter int unsigned Type            = 0,
  parameter int unsigned Rows            = 8,
  parameter int unsigned Columns         = 8,
  parameter int unsigned Latency         = 1,
  parameter int unsigned DoubleBuffered  = 1,
  parameter int unsigned AccumulatorRows = 64,
  parameter int unsigned ScaleSlots      = 2,
  parameter int unsigned ResultSlots     = 32,
  localparam int unsigned ActWidth    = mxu_pkg::activation_width(Type),
  localparam int unsigned WeightWidth = mxu_pkg::weight_width(Type)
) (
  input  logic                           clk_i,
  input  logic                           rst_ni,

  input  logic                           weights_valid_i,
  output logic                           weights_ready_o,
  input  logic [Columns*WeightWidth-1:0] weights_i,

  input  logic                           scales_valid_i,
  output logic                           scales_ready_o,
  input  logic [Columns*32-1:0]          scales_i,

  input  logic                           activations_valid_i,
  output logic                           activations_ready_o,
  input  logic                           activations_first_i,
  input  logic                           activations_last_i,
  input  logic                           sum_start_i,
  input  logic                           sum_end_i,
  input  logic                           scaled_i,
  input  logic                           result_start_i,
  input  logic                           result_end_i,
  input  logic [Rows*ActWidth-1:0]       activations_i,

  output logic                           results_valid_o,
  input  logic                           results_ready_i,
  output logic [Columns*32-1:0]          results_o
);

  mxu_pkg::pass_flags_t                  flags;
  logic [mxu_pkg::index_width(Rows)-1:0] weights_row;
  logic                                  sums_valid, sums_first, scales_free, result_taken;
  logic [Columns*32-1:0]                 sums, results;
  logic [Columns-1:0]                    result_valid;

  assign flags = {sum_start_i, sum_end_i, scaled_i, result_start_i, result_end_i};

  mxu_control #(
    .Rows           ( Rows           ),
    .Columns        ( Columns        ),
    .Latency        ( Latency        ),
    .DoubleBuffered ( DoubleBuffered ),
    .ScaleSlots     ( ScaleSlots     ),
    .ResultSlots    ( ResultSlots    )
  ) u_control (
    .clk_i,
    .rst_ni,
    .weights_valid_i,
    .weights_ready_o,
    .weights_row_o  ( weights_row              ),
    .scales_valid_i,
    .scales_ready_o,
    .scales_free_i  ( scales_free              ),
    .acts_valid_i   ( activations_valid_i      ),
    .acts_ready_o   ( activations_ready_o      ),
    .acts_first_i   ( activations_first_i      ),
    .acts_last_i    ( activations_last_i       ),
    .acts_leave_i   ( sum_end_i & result_end_i ),
    .acts_claim_i   ( sum_end_i & scaled_i     ),
    .result_taken_i ( result_taken             )
  );

  mxu_array #(
    .Type           ( Type           ),
    .Rows           ( Rows           ),
    .Columns        ( Columns        ),
    .Latency        ( Latency        ),
    .DoubleBuffered ( DoubleBuffered )
  ) u_array (
    .clk_i,
    .rst_ni,
    .weights_valid_i ( weights_valid_i & weights_ready_o         ),
    .weights_row_i   ( weights_row                               ),
    .weights_i,
    .acts_valid_i    ( activations_valid_i & activations_ready_o ),
    .acts_first_i    ( activations_first_i                       ),
    .acts_i          ( activations_i                             ),
    .sums_valid_o    ( sums_valid                                ),
    .sums_first_o    ( sums_first                                ),
    .sums_o          ( sums                                      )
  );

  mxu_accumulators #(
    .Type            ( Type            ),
    .Rows            ( Rows            ),
    .Columns         ( Columns         ),
    .Latency         ( Latency         ),
    .AccumulatorRows ( AccumulatorRows ),
    .ScaleSlots      ( ScaleSlots      )
  ) u_accumulators (
    .clk_i,
    .rst_ni,
    .scales_write_i ( scales_valid_i & scales_ready_o ),
    .scales_i,
    .scales_free_o  ( scales_free                     ),
    .flags_i        ( flags                           ),
    .last_i         ( activations_last_i              ),
    .sums_valid_i   ( sums_valid                      ),
    .sums_first_i   ( sums_first                      ),
    .sums_i         ( sums                            ),
    .result_valid_o ( result_valid                    ),
    .results_o      ( results                         )
  );

  mxu_results #(
    .Columns ( Columns     ),
    .Slots   ( ResultSlots )
  ) u_results (
    .clk_i,
    .rst_ni,
    .write_i ( result_valid    ),
    .data_i  ( results         ),
    .valid_o ( results_valid_o ),
    .ready_i ( results_ready_i ),
    .data_o  ( results_o       ),
    .taken_o ( result_taken    )
  );

`ifndef SYNTHESIS
  mxu_channel_check #(.Width(Columns * WeightWidth)) u_check_weights (
    .clk_i, .rst_ni, .valid_i(weights_valid_i), .ready_i(weights_ready_o), .data_i(weights_i)
  );

  mxu_channel_check #(.Width(Columns * 32)) u_check_scales (
    .clk_i, .rst_ni, .valid_i(scales_valid_i), .ready_i(scales_ready_o), .data_i(scales_i)
  );

  mxu_channel_check #(.Width(Rows * ActWidth + 7)) u_check_activations (
    .clk_i, .rst_ni, .valid_i(activations_valid_i), .ready_i(activations_ready_o),
    .data_i({flags, activations_first_i, activations_last_i, activations_i})
  );
`endif

endmodule
