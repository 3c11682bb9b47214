// SPDX-License-Identifier: Apache-2.0
// Flow control at the edge of the output-stationary unit: a step enters only when the results that
// it completes find the columns' buses and the queue free.
//
// Latency: none; ready follows from what has been taken. rtl/README.md, "Channels and cycles of
// mxu_os", has the rules.

module mxu_os_control #(
  parameter int unsigned Rows           = 8,
  parameter int unsigned Columns        = 8,
  parameter int unsigned DoubleBuffered = 1,
  parameter int unsigned ResultSlots    = 32
) (
  input  logic clk_i,
  input  logic rst_ni,

  input  logic valid_i,
  output logic ready_o,
  input  logic first_i,
  input  logic last_i,

  input  logic result_taken_i
);

  // Cycles until the tile before has left: the buses of its columns, and the whole array.
  localparam int unsigned Drain      = Rows + Columns - 1;
  localparam int unsigned DrainWidth = $clog2(Drain + 1);

  localparam int unsigned CreditWidth = $clog2(ResultSlots + 1);

  logic [DrainWidth-1:0]  drain_d, drain_q;
  logic [CreditWidth-1:0] credits_d, credits_q;
  logic                   ends, can_start, can_end;

  assign can_end   = credits_q >= CreditWidth'(Rows) && drain_q < DrainWidth'(Columns);
  assign can_start = DoubleBuffered != 0 || drain_q == '0;
  assign ready_o   = rst_ni & (!last_i | can_end) & (!first_i | can_start);
  assign ends      = valid_i & ready_o & last_i;
  assign drain_d   = ends ? DrainWidth'(Drain - 1) : drain_q - DrainWidth'(drain_q != '0);
  assign credits_d = credits_q + CreditWidth'(result_taken_i) - (ends ? CreditWidth'(Rows) : '0);

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      drain_q   <= '0;
      credits_q <= CreditWidth'(ResultSlots);
    end else begin
      drain_q   <= drain_d;
      credits_q <= credits_d;
    end
  end

`ifndef SYNTHESIS
  if (ResultSlots < Rows) begin : gen_too_few
    $error("ResultSlots must hold the rows of a tile");
  end
`endif

endmodule
