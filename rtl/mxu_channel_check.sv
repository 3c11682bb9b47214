// SPDX-License-Identifier: Apache-2.0
// Checks the sender of a channel: what is valid stays valid, and stays the same, until it is
// ready. For simulation only.

`ifndef SYNTHESIS
module mxu_channel_check #(
  parameter int unsigned Width = 8
) (
  input logic             clk_i,
  input logic             rst_ni,
  input logic             valid_i,
  input logic             ready_i,
  input logic [Width-1:0] data_i
);

  logic             waits_q;
  logic [Width-1:0] data_q;

  always_ff @(posedge clk_i) begin
    data_q <= data_i;
  end

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      waits_q <= 1'b0;
    end else begin
      waits_q <= valid_i & !ready_i;
      assert (!waits_q || (valid_i && data_i == data_q))
        else $error("what was valid changed before it was ready");
    end
  end

endmodule
`endif
