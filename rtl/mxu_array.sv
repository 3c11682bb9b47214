// SPDX-License-Identifier: Apache-2.0
// The array of processing elements, weight stationary, with the skew of what enters it. What has
// entered moves one hop a cycle; nothing stalls.
//
// Latency: the sum of column c for a row that enters in cycle e leaves in cycle e + 1 + R*L + c.

module mxu_array #(
  parameter int unsigned Type           = 0,
  parameter int unsigned Rows           = 8,
  parameter int unsigned Columns        = 8,
  parameter int unsigned Latency        = 1,
  parameter int unsigned DoubleBuffered = 1,
  localparam int unsigned ActWidth    = mxu_pkg::activation_width(Type),
  localparam int unsigned WeightWidth = mxu_pkg::weight_width(Type),
  localparam int unsigned TagWidth    = mxu_pkg::index_width(Rows)
) (
  input  logic                           clk_i,
  input  logic                           rst_ni,

  // A row of a tile and its index.
  input  logic                           weights_valid_i,
  input  logic [TagWidth-1:0]            weights_row_i,
  input  logic [Columns*WeightWidth-1:0] weights_i,

  // A row of a pass.
  input  logic                           acts_valid_i,
  input  logic                           acts_first_i,
  input  logic [Rows*ActWidth-1:0]       acts_i,

  // Sums. The valid is column 0's; column c follows c cycles later.
  output logic                           sums_valid_o,
  output logic                           sums_first_o,
  output logic [Columns*32-1:0]          sums_o
);

  logic [Columns-1:0]             weight_valid;
  logic [Columns*TagWidth-1:0]    weight_tags;
  logic [Columns*WeightWidth-1:0] weights;
  logic                           unused_valid;
  logic [TagWidth-1:0]            unused_tag;
  logic [Rows-1:0]                act_valid, act_first;
  logic [Rows*ActWidth-1:0]       acts;

  mxu_front #(
    .Lanes    ( Columns     ),
    .Width    ( WeightWidth ),
    .TagWidth ( TagWidth    )
  ) u_weights (
    .clk_i,
    .rst_ni,
    .valid_i        ( weights_valid_i ),
    .tag_i          ( weights_row_i   ),
    .row_i          ( weights_i       ),
    .valid_o        ( weight_valid    ),
    .tags_o         ( weight_tags     ),
    .front_o        ( weights         ),
    .passed_valid_o ( unused_valid    ),
    .passed_tag_o   ( unused_tag      )
  );

  mxu_front #(
    .Lanes ( Rows     ),
    .Width ( ActWidth ),
    .Step  ( Latency  )
  ) u_activations (
    .clk_i,
    .rst_ni,
    .valid_i        ( acts_valid_i ),
    .tag_i          ( acts_first_i ),
    .row_i          ( acts_i       ),
    .valid_o        ( act_valid    ),
    .tags_o         ( act_first    ),
    .front_o        ( acts         ),
    .passed_valid_o ( sums_valid_o ),
    .passed_tag_o   ( sums_first_o )
  );

  for (genvar r = 0; r < Rows; r++) begin : gen_row
    for (genvar c = 0; c < Columns; c++) begin : gen_column
      // From above and from the left (_in); to below and to the right.
      logic                   weight_valid_in, weight_valid_out, act_valid_in, act_valid_out;
      logic                   act_first_in, act_first_out;
      logic [TagWidth-1:0]    tag_in, tag_out;
      logic [WeightWidth-1:0] weight_in, weight_out;
      logic [ActWidth-1:0]    act_in, act_out;
      logic [31:0]            sum_in, sum_out;

      if (r == 0) begin : gen_top
        assign weight_valid_in = weight_valid[c];
        assign tag_in          = weight_tags[c*TagWidth +: TagWidth];
        assign weight_in       = weights[c*WeightWidth +: WeightWidth];
        assign sum_in          = '0;
      end else begin : gen_below
        assign weight_valid_in = gen_row[r-1].gen_column[c].weight_valid_out;
        assign tag_in          = gen_row[r-1].gen_column[c].tag_out;
        assign weight_in       = gen_row[r-1].gen_column[c].weight_out;
        assign sum_in          = gen_row[r-1].gen_column[c].sum_out;
      end

      if (c == 0) begin : gen_left
        assign act_valid_in = act_valid[r];
        assign act_first_in = act_valid[r] & act_first[r];
        assign act_in       = acts[r*ActWidth +: ActWidth];
      end else begin : gen_right
        assign act_valid_in = gen_row[r].gen_column[c-1].act_valid_out;
        assign act_first_in = gen_row[r].gen_column[c-1].act_first_out;
        assign act_in       = gen_row[r].gen_column[c-1].act_out;
      end

      mxu_pe #(
        .Type           ( Type           ),
        .Latency        ( Latency        ),
        .DoubleBuffered ( DoubleBuffered ),
        .TagWidth       ( TagWidth       )
      ) u_pe (
        .clk_i,
        .rst_ni,
        .weight_valid_i ( weight_valid_in  ),
        .weight_tag_i   ( tag_in           ),
        .weight_i       ( weight_in        ),
        .weight_valid_o ( weight_valid_out ),
        .weight_tag_o   ( tag_out          ),
        .weight_o       ( weight_out       ),
        .act_valid_i    ( act_valid_in     ),
        .act_first_i    ( act_first_in     ),
        .act_i          ( act_in           ),
        .act_valid_o    ( act_valid_out    ),
        .act_first_o    ( act_first_out    ),
        .act_o          ( act_out          ),
        .sum_i          ( sum_in           ),
        .sum_o          ( sum_out          )
      );

      if (r == Rows - 1) begin : gen_bottom
        assign sums_o[c*32 +: 32] = sum_out;

        logic unused;
        assign unused = &{1'b0, weight_valid_out, tag_out, weight_out};
      end

      if (c == Columns - 1) begin : gen_edge
        logic unused;
        assign unused = &{1'b0, act_valid_out, act_first_out, act_out};
      end
    end
  end

endmodule
