// SPDX-License-Identifier: Apache-2.0
// The array of processing elements, output stationary, with the skew of what enters it. What has
// entered moves one hop a cycle; nothing stalls.
//
// Latency: element (r, c) takes a step that enters in cycle e in cycle e + 1 + r + c. If it is the
// last of a tile, row r's sum is on the bus of column c in cycle e + 2 + r + c.

module mxu_os_array #(
  parameter int unsigned Type    = 0,
  parameter int unsigned Rows    = 8,
  parameter int unsigned Columns = 8,
  localparam int unsigned ActWidth    = mxu_pkg::activation_width(Type),
  localparam int unsigned WeightWidth = mxu_pkg::weight_width(Type)
) (
  input  logic                           clk_i,
  input  logic                           rst_ni,

  input  logic                           valid_i,
  input  logic                           first_i,
  input  logic                           last_i,
  input  logic [Rows*ActWidth-1:0]       acts_i,
  input  logic [Columns*WeightWidth-1:0] weights_i,

  output logic [Columns-1:0]             sum_valid_o,
  output logic [Columns*32-1:0]          sums_o
);

  logic [Rows-1:0]                valid;
  logic [Rows*2-1:0]              flags;  // First and last.
  logic [Rows*ActWidth-1:0]       acts;
  logic [Columns*WeightWidth-1:0] weights;
  logic                           unused_valid;
  logic [1:0]                     unused_flags;

  mxu_front #(
    .Lanes    ( Rows     ),
    .Width    ( ActWidth ),
    .TagWidth ( 2        )
  ) u_activations (
    .clk_i,
    .rst_ni,
    .valid_i,
    .tag_i          ( {first_i, last_i} ),
    .row_i          ( acts_i            ),
    .valid_o        ( valid             ),
    .tags_o         ( flags             ),
    .front_o        ( acts              ),
    .passed_valid_o ( unused_valid      ),
    .passed_tag_o   ( unused_flags      )
  );

  for (genvar c = 0; c < Columns; c++) begin : gen_weight
    mxu_delay #(
      .Width  ( WeightWidth ),
      .Stages ( 1 + c       )
    ) u_delay (
      .clk_i,
      .rst_ni,
      .data_i ( weights_i[c*WeightWidth +: WeightWidth] ),
      .data_o ( weights[c*WeightWidth +: WeightWidth]   )
    );
  end

  for (genvar r = 0; r < Rows; r++) begin : gen_row
    for (genvar c = 0; c < Columns; c++) begin : gen_column
      // From above and from the left (_in); to below and to the right.
      logic                   valid_in, valid_out, first_in, first_out, last_in, last_out;
      logic                   bus_valid_in, bus_valid_out;
      logic [ActWidth-1:0]    act_in, act_out;
      logic [WeightWidth-1:0] weight_in, weight_out;
      logic [31:0]            bus_in, bus_out;

      if (r == 0) begin : gen_top
        assign weight_in    = weights[c*WeightWidth +: WeightWidth];
        assign bus_valid_in = 1'b0;
        assign bus_in       = '0;
      end else begin : gen_below
        assign weight_in    = gen_row[r-1].gen_column[c].weight_out;
        assign bus_valid_in = gen_row[r-1].gen_column[c].bus_valid_out;
        assign bus_in       = gen_row[r-1].gen_column[c].bus_out;
      end

      if (c == 0) begin : gen_left
        assign valid_in = valid[r];
        assign first_in = valid[r] & flags[2*r+1];
        assign last_in  = valid[r] & flags[2*r];
        assign act_in   = acts[r*ActWidth +: ActWidth];
      end else begin : gen_right
        assign valid_in = gen_row[r].gen_column[c-1].valid_out;
        assign first_in = gen_row[r].gen_column[c-1].first_out;
        assign last_in  = gen_row[r].gen_column[c-1].last_out;
        assign act_in   = gen_row[r].gen_column[c-1].act_out;
      end

      mxu_os_pe #(
        .Type ( Type )
      ) u_pe (
        .clk_i,
        .rst_ni,
        .valid_i     ( valid_in      ),
        .first_i     ( first_in      ),
        .last_i      ( last_in       ),
        .act_i       ( act_in        ),
        .weight_i    ( weight_in     ),
        .valid_o     ( valid_out     ),
        .first_o     ( first_out     ),
        .last_o      ( last_out      ),
        .act_o       ( act_out       ),
        .weight_o    ( weight_out    ),
        .bus_valid_i ( bus_valid_in  ),
        .bus_i       ( bus_in        ),
        .bus_valid_o ( bus_valid_out ),
        .bus_o       ( bus_out       )
      );

      if (r == Rows - 1) begin : gen_bottom
        assign sum_valid_o[c]     = bus_valid_out;
        assign sums_o[c*32 +: 32] = bus_out;

        logic unused;
        assign unused = &{1'b0, weight_out};
      end

      if (c == Columns - 1) begin : gen_edge
        logic unused;
        assign unused = &{1'b0, valid_out, first_out, last_out, act_out};
      end
    end
  end

endmodule
