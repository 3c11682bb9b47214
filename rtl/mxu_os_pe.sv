// SPDX-License-Identifier: Apache-2.0
// A processing element of the output-stationary array. The sum stays; activations move right,
// weights move down, and the bus of the column takes the sum when it is complete.
//
// Latency: operands 1 cycle; a sum is on the bus in the cycle after its last operands came.

module mxu_os_pe #(
  parameter int unsigned Type = 0,
  localparam int unsigned ActWidth    = mxu_pkg::activation_width(Type),
  localparam int unsigned WeightWidth = mxu_pkg::weight_width(Type)
) (
  input  logic                   clk_i,
  input  logic                   rst_ni,

  // A step: activation from the left with the flags, weight from above.
  input  logic                   valid_i,
  input  logic                   first_i,  // Of a tile, and valid; as last.
  input  logic                   last_i,
  input  logic [ActWidth-1:0]    act_i,
  input  logic [WeightWidth-1:0] weight_i,
  output logic                   valid_o,
  output logic                   first_o,
  output logic                   last_o,
  output logic [ActWidth-1:0]    act_o,
  output logic [WeightWidth-1:0] weight_o,

  // The column's bus, from the rows above. 0 while nobody drives it.
  input  logic                   bus_valid_i,
  input  logic [31:0]            bus_i,
  output logic                   bus_valid_o,
  output logic [31:0]            bus_o
);

  logic valid_q, first_q, done_q;  // The last step moves right as what is done here.

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      valid_q <= 1'b0;
      first_q <= 1'b0;
      done_q  <= 1'b0;
    end else begin
      valid_q <= valid_i;
      first_q <= first_i;
      done_q  <= last_i;
    end
  end

  logic [ActWidth-1:0]    act_q;
  logic [WeightWidth-1:0] weight_q;
  logic [31:0]            start, sum_d, sum_q;

  assign start = first_i ? '0 : sum_q;

  mxu_mac #(
    .Type    ( Type ),
    .Latency ( 1    )
  ) u_mac (
    .clk_i,
    .valid_i,
    .activation_i ( act_i    ),
    .weight_i,
    .sum_i        ( start    ),
    .sum_o        ( sum_d    )
  );

  always_ff @(posedge clk_i) begin
    if (valid_i) begin
      act_q    <= act_i;
      weight_q <= weight_i;
      sum_q    <= sum_d;
    end
  end

  assign valid_o  = valid_q;
  assign first_o  = first_q;
  assign last_o   = done_q;
  assign act_o    = act_q;
  assign weight_o = weight_q;

  assign bus_valid_o = bus_valid_i | done_q;
  assign bus_o       = bus_i | (done_q ? sum_q : '0);

endmodule
