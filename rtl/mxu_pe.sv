// SPDX-License-Identifier: Apache-2.0
// A processing element of the weight-stationary array. The weight stays; activations move right,
// sums and the weights of the rows below move down.
//
// Latency: activations 1 cycle, sums and weights L cycles.
// No element knows its row. A weight carries a tag that counts down on its way; the element that
// sees 0 keeps the weight.

module mxu_pe #(
  parameter int unsigned Type           = 0,
  parameter int unsigned Latency        = 1,
  parameter int unsigned DoubleBuffered = 1,
  parameter int unsigned TagWidth       = 3,
  localparam int unsigned ActWidth    = mxu_pkg::activation_width(Type),
  localparam int unsigned WeightWidth = mxu_pkg::weight_width(Type)
) (
  input  logic                       clk_i,
  input  logic                       rst_ni,

  // Weights, from above.
  input  logic                       weight_valid_i,
  input  logic [TagWidth-1:0]        weight_tag_i,
  input  logic [WeightWidth-1:0]     weight_i,
  output logic                       weight_valid_o,
  output logic [TagWidth-1:0]        weight_tag_o,
  output logic [WeightWidth-1:0]     weight_o,

  // Activations, from the left.
  input  logic                       act_valid_i,
  input  logic                       act_first_i,  // Of a pass, and valid.
  input  logic [ActWidth-1:0]        act_i,
  output logic                       act_valid_o,
  output logic                       act_first_o,
  output logic [ActWidth-1:0]        act_o,

  // Sums, from above.
  input  logic [31:0]                sum_i,
  output logic [31:0]                sum_o
);

  // What this element keeps goes no further as valid.
  logic                   hop_valid, shift_valid_q;
  logic [TagWidth-1:0]    hop_tag, shift_tag_q;
  logic [WeightWidth-1:0] hop_weight, shift_q;

  if (Latency == 1) begin : gen_hop
    assign {hop_valid, hop_tag, hop_weight} = {weight_valid_i, weight_tag_i, weight_i};
  end else begin : gen_hops
    mxu_hops #(
      .Width  ( TagWidth + WeightWidth ),
      .Stages ( Latency - 1            )
    ) u_hops (
      .clk_i,
      .rst_ni,
      .valid_i ( weight_valid_i           ),
      .data_i  ( {weight_tag_i, weight_i} ),
      .valid_o ( hop_valid                ),
      .data_o  ( {hop_tag, hop_weight}    )
    );
  end

  // Stage k of the arithmetic has operands k cycles after they came.
  localparam int unsigned ValidStages = Latency > 2 ? Latency - 1 : 1;
  logic [ValidStages-1:0] act_valid_q;
  logic [Latency-1:0]     stage_valid;
  logic                   act_first_q;

  assign stage_valid = Latency'({act_valid_q, act_valid_i});

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      shift_valid_q <= 1'b0;
      act_valid_q   <= '0;
      act_first_q   <= 1'b0;
    end else begin
      shift_valid_q <= hop_valid & hop_tag != '0;
      act_valid_q   <= ValidStages'({act_valid_q, act_valid_i});
      act_first_q   <= act_first_i;
    end
  end

  logic [ActWidth-1:0] act_q;

  always_ff @(posedge clk_i) begin
    if (hop_valid) begin
      shift_tag_q <= hop_tag - TagWidth'(1);
      shift_q     <= hop_weight;
    end
    if (act_valid_i) begin
      act_q <= act_i;
    end
  end

  assign weight_valid_o = shift_valid_q;
  assign weight_tag_o   = shift_tag_q;
  assign weight_o       = shift_q;
  assign act_valid_o    = act_valid_q[0];
  assign act_first_o    = act_first_q;
  assign act_o          = act_q;

  // The weight at work. The first row of a pass already uses what was loaded behind the last.
  logic                   keep;
  logic [WeightWidth-1:0] weight, weight_q;

  assign keep = weight_valid_i && weight_tag_i == '0;

  if (DoubleBuffered != 0) begin : gen_double
    logic [WeightWidth-1:0] shadow_q;

    assign weight = act_first_i ? shadow_q : weight_q;

    always_ff @(posedge clk_i) begin
      if (keep) begin
        shadow_q <= weight_i;
      end
      if (act_first_i) begin
        weight_q <= shadow_q;
      end
    end
  end else begin : gen_serial
    assign weight = weight_q;

    always_ff @(posedge clk_i) begin
      if (keep) begin
        weight_q <= weight_i;
      end
    end
  end

  logic [31:0] sum_d, sum_q;

  mxu_mac #(
    .Type    ( Type    ),
    .Latency ( Latency )
  ) u_mac (
    .clk_i,
    .valid_i      ( stage_valid ),
    .activation_i ( act_i       ),
    .weight_i     ( weight      ),
    .sum_i,
    .sum_o        ( sum_d       )
  );

  always_ff @(posedge clk_i) begin
    if (stage_valid[Latency-1]) begin
      sum_q <= sum_d;
    end
  end

  assign sum_o = sum_q;

endmodule
