// SPDX-License-Identifier: Apache-2.0
// The queue of results. A column writes its part of a row when it has it; the row is there when
// the last column has written. Credits at the edge keep it from overflowing.
//
// Latency: 1 cycle from the last column's write to valid.

module mxu_results #(
  parameter int unsigned Columns = 8,
  parameter int unsigned Slots   = 32
) (
  input  logic                  clk_i,
  input  logic                  rst_ni,

  input  logic [Columns-1:0]    write_i,  // Column by column, from the left.
  input  logic [Columns*32-1:0] data_i,

  output logic                  valid_o,
  input  logic                  ready_i,
  output logic [Columns*32-1:0] data_o,
  output logic                  taken_o
);

  localparam int unsigned SlotWidth  = mxu_pkg::index_width(Slots);
  localparam int unsigned CountWidth = $clog2(Slots + 1);
  localparam logic [SlotWidth-1:0] LastSlot = SlotWidth'(Slots - 1);

  logic [SlotWidth-1:0]  read_d, read_q;
  logic [CountWidth-1:0] count_d, count_q;  // Whole rows.

  assign valid_o = count_q != '0;
  assign taken_o = valid_o & ready_i;
  assign read_d  = !taken_o ? read_q : read_q == LastSlot ? '0 : read_q + SlotWidth'(1);
  assign count_d = count_q + CountWidth'(write_i[Columns-1]) - CountWidth'(taken_o);

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      read_q  <= '0;
      count_q <= '0;
    end else begin
      read_q  <= read_d;
      count_q <= count_d;
    end
  end

  for (genvar c = 0; c < Columns; c++) begin : gen_column
    logic [31:0]          slots_q [Slots];
    logic [SlotWidth-1:0] write_d, write_q;

    assign write_d = !write_i[c] ? write_q : write_q == LastSlot ? '0 : write_q + SlotWidth'(1);

    always_ff @(posedge clk_i or negedge rst_ni) begin
      if (!rst_ni) begin
        write_q <= '0;
      end else begin
        write_q <= write_d;
      end
    end

    always_ff @(posedge clk_i) begin
      if (write_i[c]) begin
        slots_q[write_q] <= data_i[c*32 +: 32];
      end
    end

    assign data_o[c*32 +: 32] = valid_o ? slots_q[read_q] : '0;
  end

`ifndef SYNTHESIS
  // Nothing is written during reset.
  assert property (@(posedge clk_i) !(write_i[Columns-1] && count_q == CountWidth'(Slots)))
    else $error("a result arrives at a full queue");

  mxu_channel_check #(
    .Width ( Columns * 32 )
  ) u_check (
    .clk_i, .rst_ni, .valid_i(valid_o), .ready_i, .data_i(data_o)
  );
`endif

endmodule
