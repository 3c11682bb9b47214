// SPDX-License-Identifier: Apache-2.0
// Turns rows of elements, which enter together, into the slanted front in which lanes of the array
// take them, with a bit per lane that says where the front is.
//
// Latency: 1 + i*Step cycles for lane i; 1 + Lanes*Step for the valid that passes the last lane.

module mxu_front #(
  parameter int unsigned Lanes    = 8,
  parameter int unsigned Width    = 8,
  parameter int unsigned TagWidth = 1,
  parameter int unsigned Step     = 1
) (
  input  logic                      clk_i,
  input  logic                      rst_ni,

  // A row, and a tag that is the same for all lanes.
  input  logic                      valid_i,
  input  logic [TagWidth-1:0]       tag_i,
  input  logic [Lanes*Width-1:0]    row_i,

  output logic [Lanes-1:0]          valid_o,
  output logic [Lanes*TagWidth-1:0] tags_o,
  output logic [Lanes*Width-1:0]    front_o,
  output logic                      passed_valid_o,
  output logic [TagWidth-1:0]       passed_tag_o
);

  // Step k of the way: entered k + 1 cycles ago.
  localparam int unsigned Steps = Lanes * Step + 1;

  logic [Steps-1:0]          valid_q;
  logic [Steps*TagWidth-1:0] tags_q;

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      valid_q <= '0;
    end else begin
      valid_q <= {valid_q[Steps-2:0], valid_i};
    end
  end

  always_ff @(posedge clk_i) begin
    tags_q <= {tags_q[(Steps-1)*TagWidth-1:0], tag_i};
  end

  assign passed_valid_o = valid_q[Steps-1];
  assign passed_tag_o   = tags_q[(Steps-1)*TagWidth +: TagWidth];

  for (genvar i = 0; i < Lanes; i++) begin : gen_lane
    assign valid_o[i]                     = valid_q[i*Step];
    assign tags_o[i*TagWidth +: TagWidth] = tags_q[i*Step*TagWidth +: TagWidth];

    mxu_delay #(
      .Width  ( Width        ),
      .Stages ( 1 + i * Step )
    ) u_delay (
      .clk_i,
      .rst_ni,
      .data_i ( row_i[i*Width +: Width]   ),
      .data_o ( front_o[i*Width +: Width] )
    );
  end

endmodule
