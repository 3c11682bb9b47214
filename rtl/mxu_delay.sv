// SPDX-License-Identifier: Apache-2.0
// A delay line: what enters comes out later, unchanged.
//
// Latency: Stages cycles; 0 is a wire. Data need no reset, so only lines that carry a valid have
// it.

module mxu_delay #(
  parameter int unsigned Width  = 8,
  parameter int unsigned Stages = 1,
  parameter int unsigned Reset  = 0
) (
  input  logic             clk_i,
  input  logic             rst_ni,
  input  logic [Width-1:0] data_i,
  output logic [Width-1:0] data_o
);

  if (Stages == 0) begin : gen_wire
    assign data_o = data_i;

    logic unused;
    assign unused = &{1'b0, clk_i, rst_ni};
  end else begin : gen_line
    // Newest at the bottom. One packed vector: a shift is one operation, whatever the length. The
    // cast drops the oldest.
    localparam int unsigned LineWidth = Stages * Width;
    logic [LineWidth-1:0] line_q;

    if (Reset != 0) begin : gen_reset
      always_ff @(posedge clk_i or negedge rst_ni) begin
        if (!rst_ni) begin
          line_q <= '0;
        end else begin
          line_q <= LineWidth'({line_q, data_i});
        end
      end
    end else begin : gen_no_reset
      always_ff @(posedge clk_i) begin
        line_q <= LineWidth'({line_q, data_i});
      end

      logic unused;
      assign unused = &{1'b0, rst_ni};
    end

    assign data_o = line_q[(Stages-1)*Width +: Width];
  end

endmodule
