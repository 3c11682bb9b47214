// SPDX-License-Identifier: Apache-2.0
// Flow control at the edge of the weight-stationary unit: what may enter in this cycle. Inside
// nothing stalls, so a row enters only when all that it will need is there.
//
// Latency: none; ready follows from what has been taken. rtl/README.md, "Cycles of mxu_ws", has
// the rules.

module mxu_control #(
  parameter int unsigned Rows           = 8,
  parameter int unsigned Columns        = 8,
  parameter int unsigned Latency        = 1,
  parameter int unsigned DoubleBuffered = 1,
  parameter int unsigned ScaleSlots     = 2,
  parameter int unsigned ResultSlots    = 32,
  localparam int unsigned RowWidth = mxu_pkg::index_width(Rows)
) (
  input  logic                 clk_i,
  input  logic                 rst_ni,

  input  logic                 weights_valid_i,
  output logic                 weights_ready_o,
  output logic [RowWidth-1:0]  weights_row_o,  // Index of the row that is taken.

  input  logic                 scales_valid_i,
  output logic                 scales_ready_o,
  input  logic                 scales_free_i,  // A row of scales has been used up.

  input  logic                 acts_valid_i,
  output logic                 acts_ready_o,
  input  logic                 acts_first_i,
  input  logic                 acts_last_i,
  input  logic                 acts_leave_i,  // A result comes of this row.
  input  logic                 acts_claim_i,  // The pass takes a row of scales with its first.

  input  logic                 result_taken_i
);

  // Counters hold 0 to their limit.
  localparam int unsigned LoadedWidth = $clog2(Rows + 1);
  localparam int unsigned ScaleWidth  = $clog2(ScaleSlots + 1);
  localparam int unsigned CreditWidth = $clog2(ResultSlots + 1);

  logic [LoadedWidth-1:0] loaded_d, loaded_q;      // Rows of the next tile.
  logic [ScaleWidth-1:0]  scales_d, scales_q;      // Rows of scales held,
  logic [ScaleWidth-1:0]  unclaimed_d, unclaimed_q;  // and of these claimed by no pass.
  logic [CreditWidth-1:0] credits_d, credits_q;    // Results that may still enter.

  logic weights_taken, scales_taken, acts_taken, claims, claimed, credit_taken;

  assign weights_taken = weights_valid_i & weights_ready_o;
  assign scales_taken  = scales_valid_i & scales_ready_o;
  assign acts_taken    = acts_valid_i & acts_ready_o;

  assign credit_taken  = acts_taken & acts_leave_i;
  assign claims        = acts_claim_i & acts_first_i;
  assign claimed       = acts_taken & claims;

  assign scales_ready_o = rst_ni & (scales_q != ScaleWidth'(ScaleSlots));
  assign acts_ready_o   = rst_ni & (!acts_first_i | loaded_q == LoadedWidth'(Rows)) &
                          (!acts_leave_i | credits_q != '0) & (!claims | unclaimed_q != '0);

  assign scales_d    = scales_q + ScaleWidth'(scales_taken) - ScaleWidth'(scales_free_i);
  assign unclaimed_d = unclaimed_q + ScaleWidth'(scales_taken) - ScaleWidth'(claimed);
  assign credits_d   = credits_q + CreditWidth'(result_taken_i) - CreditWidth'(credit_taken);

  if (DoubleBuffered != 0) begin : gen_double
    // The first row of a pass frees the registers that the next tile loads into.
    logic starts;
    assign starts = acts_taken & acts_first_i;

    assign weights_ready_o = rst_ni & (starts | loaded_q != LoadedWidth'(Rows));
    assign weights_row_o   = starts ? '0 : RowWidth'(loaded_q);
    assign loaded_d        = (starts ? '0 : loaded_q) + LoadedWidth'(weights_taken);

    logic unused;
    assign unused = &{1'b0, acts_last_i};
  end else begin : gen_serial
    // The last row of a pass frees them when it has left the array.
    localparam int unsigned Drain      = (Rows + 1) * Latency + Columns - 2;
    localparam int unsigned DrainWidth = $clog2(Drain + 1);

    logic                  ends;
    logic [DrainWidth-1:0] drain_d, drain_q;

    assign ends = acts_taken & acts_last_i;

    assign weights_ready_o = rst_ni & (loaded_q != LoadedWidth'(Rows)) & (drain_q == '0);
    assign weights_row_o   = RowWidth'(loaded_q);
    assign loaded_d        = ends ? '0 : loaded_q + LoadedWidth'(weights_taken);
    assign drain_d         = ends ? DrainWidth'(Drain - 1) : drain_q - DrainWidth'(drain_q != '0);

    always_ff @(posedge clk_i or negedge rst_ni) begin
      if (!rst_ni) begin
        drain_q <= '0;
      end else begin
        drain_q <= drain_d;
      end
    end
  end

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      loaded_q    <= '0;
      scales_q    <= '0;
      unclaimed_q <= '0;
      credits_q   <= CreditWidth'(ResultSlots);
    end else begin
      loaded_q    <= loaded_d;
      scales_q    <= scales_d;
      unclaimed_q <= unclaimed_d;
      credits_q   <= credits_d;
    end
  end

endmodule
