// SPDX-License-Identifier: Apache-2.0
// The accumulator below one column: adds the tiles of a group, scales the group, adds the groups
// of a result. What it must know about a sum comes with it from the accumulator to the left.
//
// Latency: L - 1 cycles from sum to result; the queue behind it is the last stage. L = 2 cuts
// between group and scale, L = 3 also between scale and result. Each of the two additions reads
// and writes its bank in one cycle, so passes may follow each other at any distance.

module mxu_accumulator #(
  parameter int unsigned Type            = 0,
  parameter int unsigned Latency         = 1,
  parameter int unsigned AccumulatorRows = 64,
  localparam int unsigned AddressWidth = mxu_pkg::index_width(AccumulatorRows)
) (
  input  logic                    clk_i,
  input  logic                    rst_ni,

  input  logic                    valid_i,
  input  mxu_pkg::pass_flags_t    flags_i,
  input  logic [AddressWidth-1:0] address_i,
  input  logic [31:0]             sum_i,
  input  logic [31:0]             scale_i,  // A cycle after the sum if L > 1.

  // The same to the right.
  output logic                    valid_o,
  output mxu_pkg::pass_flags_t    flags_o,
  output logic [AddressWidth-1:0] address_o,

  output logic                    result_valid_o,
  output logic [31:0]             result_o
);

  logic                    valid_q;
  mxu_pkg::pass_flags_t    flags_q;
  logic [AddressWidth-1:0] address_q;

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      valid_q <= 1'b0;
    end else begin
      valid_q <= valid_i;
    end
  end

  always_ff @(posedge clk_i) begin
    flags_q   <= flags_i;
    address_q <= address_i;
  end

  assign valid_o   = valid_q;
  assign flags_o   = flags_q;
  assign address_o = address_q;

  // Group.
  logic [31:0] groups_q [AccumulatorRows];
  logic [31:0] group_total, group;

  if (mxu_pkg::has_float_sums(Type)) begin : gen_float
    fp32_add #(
      .Isolated ( 1 )
    ) u_add (
      .clk_i,
      .valid_i ( valid_i & !flags_i.sum_start ),
      .a_i     ( groups_q[address_i]          ),
      .b_i     ( sum_i                        ),
      .sum_o   ( group_total                  )
    );
  end else begin : gen_int
    assign group_total = groups_q[address_i] + sum_i;
  end

  assign group = flags_i.sum_start ? sum_i : group_total;

  always_ff @(posedge clk_i) begin
    if (valid_i) begin
      groups_q[address_i] <= group;
    end
  end

  // What goes on, for groups that are complete.
  localparam int unsigned OnWidth = 3 + AddressWidth + 32;
  localparam int unsigned Cut1    = Latency > 1 ? 1 : 0;
  localparam int unsigned Cut2    = Latency > 2 ? 1 : 0;

  logic                    whole, scale_valid, scale_scaled, scale_start, scale_end;
  logic                    end_valid, end_start, end_end;
  logic [AddressWidth-1:0] scale_address, end_address;
  logic [31:0]             scale_group, scale_total, scaled, end_scaled;

  assign whole = valid_i & flags_i.sum_end;

  mxu_delay #(.Width(1), .Stages(Cut1), .Reset(1)) u_cut1_valid (
    .clk_i, .rst_ni, .data_i(whole), .data_o(scale_valid)
  );

  mxu_delay #(.Width(OnWidth), .Stages(Cut1)) u_cut1 (
    .clk_i,
    .rst_ni,
    .data_i ( {flags_i.scaled, flags_i.result_start, flags_i.result_end, address_i, group} ),
    .data_o ( {scale_scaled, scale_start, scale_end, scale_address, scale_group}           )
  );

  // Scale.
  scale_sum #(
    .Type ( Type )
  ) u_scale (
    .valid_i  ( scale_valid & scale_scaled ),
    .sum_i    ( scale_group                ),
    .scale_i,
    .scaled_o ( scale_total                )
  );

  assign scaled = scale_scaled ? scale_total : scale_group;

  mxu_delay #(.Width(1), .Stages(Cut2), .Reset(1)) u_cut2_valid (
    .clk_i, .rst_ni, .data_i(scale_valid), .data_o(end_valid)
  );

  mxu_delay #(.Width(OnWidth - 1), .Stages(Cut2)) u_cut2 (
    .clk_i,
    .rst_ni,
    .data_i ( {scale_start, scale_end, scale_address, scaled} ),
    .data_o ( {end_start, end_end, end_address, end_scaled}   )
  );

  // Result.
  logic [31:0] results_q [AccumulatorRows];
  logic [31:0] result_total;

  fp32_add #(
    .Isolated ( 1 )
  ) u_add (
    .clk_i,
    .valid_i ( end_valid & !end_start ),
    .a_i     ( results_q[end_address] ),
    .b_i     ( end_scaled             ),
    .sum_o   ( result_total           )
  );

  assign result_o       = end_start ? end_scaled : result_total;
  assign result_valid_o = end_valid & end_end;

  always_ff @(posedge clk_i) begin
    if (end_valid) begin
      results_q[end_address] <= result_o;
    end
  end

endmodule
