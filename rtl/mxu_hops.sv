// SPDX-License-Identifier: Apache-2.0
// The stages that a weight passes before the last register of its hop, so that weights move down
// as slowly as sums do.
//
// Latency: Stages cycles, 1 or more.

module mxu_hops #(
  parameter int unsigned Width  = 8,
  parameter int unsigned Stages = 1
) (
  input  logic             clk_i,
  input  logic             rst_ni,
  input  logic             valid_i,
  input  logic [Width-1:0] data_i,
  output logic             valid_o,
  output logic [Width-1:0] data_o
);

  for (genvar s = 0; s < Stages; s++) begin : gen_stage
    logic             valid_d, valid_q;
    logic [Width-1:0] data_d, data_q;

    if (s == 0) begin : gen_first
      assign valid_d = valid_i;
      assign data_d  = data_i;
    end else begin : gen_next
      assign valid_d = gen_stage[s-1].valid_q;
      assign data_d  = gen_stage[s-1].data_q;
    end

    always_ff @(posedge clk_i or negedge rst_ni) begin
      if (!rst_ni) begin
        valid_q <= 1'b0;
      end else begin
        valid_q <= valid_d;
      end
    end

    always_ff @(posedge clk_i) begin
      if (valid_d) begin
        data_q <= data_d;
      end
    end
  end

  assign valid_o = gen_stage[Stages-1].valid_q;
  assign data_o  = gen_stage[Stages-1].data_q;

endmodule
