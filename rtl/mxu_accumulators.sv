// SPDX-License-Identifier: Apache-2.0
// All that is below the array: a row of accumulators, their scales, and what tells them which sums
// arrive. That enters at column 0 and moves right with the front of sums, one column a cycle.
//
// Latency: L - 1 cycles from a column's sum to its result.

module mxu_accumulators #(
  parameter int unsigned Type            = 0,
  parameter int unsigned Rows            = 8,
  parameter int unsigned Columns         = 8,
  parameter int unsigned Latency         = 1,
  parameter int unsigned AccumulatorRows = 64,
  parameter int unsigned ScaleSlots      = 2
) (
  input  logic                  clk_i,
  input  logic                  rst_ni,

  input  logic                  scales_write_i,
  input  logic [Columns*32-1:0] scales_i,
  output logic                  scales_free_o,

  // As rows enter the array.
  input  mxu_pkg::pass_flags_t  flags_i,
  input  logic                  last_i,

  // As sums leave it; the valid and first are column 0's.
  input  logic                  sums_valid_i,
  input  logic                  sums_first_i,
  input  logic [Columns*32-1:0] sums_i,

  output logic [Columns-1:0]    result_valid_o,
  output logic [Columns*32-1:0] results_o
);

  localparam int unsigned AddressWidth = mxu_pkg::index_width(AccumulatorRows);

  mxu_pkg::pass_flags_t    flags;
  logic [AddressWidth-1:0] address;
  logic                    scales_end;
  logic [Columns*32-1:0]   scales;

  mxu_sequencer #(
    .Rows            ( Rows            ),
    .Latency         ( Latency         ),
    .AccumulatorRows ( AccumulatorRows )
  ) u_sequencer (
    .clk_i,
    .rst_ni,
    .flags_i,
    .last_i,
    .sums_valid_i,
    .sums_first_i,
    .flags_o      ( flags      ),
    .address_o    ( address    ),
    .scales_end_o ( scales_end )
  );

  mxu_scales #(
    .Columns ( Columns    ),
    .Latency ( Latency    ),
    .Slots   ( ScaleSlots )
  ) u_scales (
    .clk_i,
    .rst_ni,
    .write_i  ( scales_write_i ),
    .row_i    ( scales_i       ),
    .next_i   ( scales_end     ),
    .scales_o ( scales         ),
    .free_o   ( scales_free_o  )
  );

  for (genvar c = 0; c < Columns; c++) begin : gen_column
    logic                    valid_in, valid_out;
    mxu_pkg::pass_flags_t    flags_in, flags_out;
    logic [AddressWidth-1:0] address_in, address_out;

    if (c == 0) begin : gen_left
      assign valid_in   = sums_valid_i;
      assign flags_in   = flags;
      assign address_in = address;
    end else begin : gen_right
      assign valid_in   = gen_column[c-1].valid_out;
      assign flags_in   = gen_column[c-1].flags_out;
      assign address_in = gen_column[c-1].address_out;
    end

    mxu_accumulator #(
      .Type            ( Type            ),
      .Latency         ( Latency         ),
      .AccumulatorRows ( AccumulatorRows )
    ) u_accumulator (
      .clk_i,
      .rst_ni,
      .valid_i        ( valid_in              ),
      .flags_i        ( flags_in              ),
      .address_i      ( address_in            ),
      .sum_i          ( sums_i[c*32 +: 32]    ),
      .scale_i        ( scales[c*32 +: 32]    ),
      .valid_o        ( valid_out             ),
      .flags_o        ( flags_out             ),
      .address_o      ( address_out           ),
      .result_valid_o ( result_valid_o[c]     ),
      .result_o       ( results_o[c*32 +: 32] )
    );

    if (c == Columns - 1) begin : gen_edge
      logic unused;
      assign unused = &{1'b0, valid_out, flags_out, address_out};
    end
  end

endmodule
