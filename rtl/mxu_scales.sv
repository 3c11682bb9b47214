// SPDX-License-Identifier: Apache-2.0
// The rows of scales that wait for their pass. Passes with scales take the rows in turn; a row is
// read by column after column as the front of the pass moves through the accumulators.
//
// Latency: column c reads c cycles after column 0 meets the pass, one later if L > 1.

module mxu_scales #(
  parameter int unsigned Columns = 8,
  parameter int unsigned Latency = 1,
  parameter int unsigned Slots   = 2
) (
  input  logic                  clk_i,
  input  logic                  rst_ni,

  input  logic                  write_i,
  input  logic [Columns*32-1:0] row_i,

  input  logic                  next_i,   // Column 0 meets the last row of a pass with scales.
  output logic [Columns*32-1:0] scales_o,
  output logic                  free_o    // The last column has done with it.
);

  localparam int unsigned SlotWidth = mxu_pkg::index_width(Slots);
  localparam logic [SlotWidth-1:0] LastSlot = SlotWidth'(Slots - 1);

  logic [SlotWidth-1:0] write_d, write_q, read_d, read_q;

  assign write_d = !write_i ? write_q : write_q == LastSlot ? '0 : write_q + SlotWidth'(1);
  assign read_d  = !next_i ? read_q : read_q == LastSlot ? '0 : read_q + SlotWidth'(1);

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      write_q <= '0;
      read_q  <= '0;
    end else begin
      write_q <= write_d;
      read_q  <= read_d;
    end
  end

  mxu_delay #(
    .Width  ( 1                     ),
    .Stages ( Columns + Latency - 2 ),
    .Reset  ( 1                     )
  ) u_free (
    .clk_i,
    .rst_ni,
    .data_i ( next_i ),
    .data_o ( free_o )
  );

  for (genvar c = 0; c < Columns; c++) begin : gen_column
    logic [31:0]          slots_q [Slots];
    logic [SlotWidth-1:0] slot;

    if (c == 0) begin : gen_first
      mxu_delay #(
        .Width  ( SlotWidth           ),
        .Stages ( Latency > 1 ? 1 : 0 )
      ) u_slot (
        .clk_i,
        .rst_ni,
        .data_i ( read_q ),
        .data_o ( slot   )
      );
    end else begin : gen_next
      mxu_delay #(
        .Width ( SlotWidth )
      ) u_slot (
        .clk_i,
        .rst_ni,
        .data_i ( gen_column[c-1].slot ),
        .data_o ( slot                 )
      );
    end

    always_ff @(posedge clk_i) begin
      if (write_i) begin
        slots_q[write_q] <= row_i[c*32 +: 32];
      end
    end

    assign scales_o[c*32 +: 32] = slots_q[slot];
  end

endmodule
