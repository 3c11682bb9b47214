// SPDX-License-Identifier: Apache-2.0
// sum + activation x weight of small floats and an fp32 sum: the exact product, then an addition.
//
// Latency: L - 1 cycles; the register behind it is the last stage. L = 2 cuts the addition
// between sum and normalisation; L = 3 also between alignment, where the multiplier is, and sum.

module mac_float #(
  parameter int unsigned Type    = 3,
  parameter int unsigned Latency = 1,
  localparam int unsigned Width = mxu_pkg::weight_width(Type)
) (
  input  logic               clk_i,
  input  logic [Latency-1:0] valid_i,  // Bit s: stage s has operands.
  input  logic [Width-1:0]   activation_i,
  input  logic [Width-1:0]   weight_i,
  input  logic [31:0]        sum_i,
  output logic [31:0]        sum_o
);

  logic [31:0] product;

  fp_multiply #(
    .Type ( Type )
  ) u_multiply (
    .a_i       ( activation_i ),
    .b_i       ( weight_i     ),
    .product_o ( product      )
  );

  fp32_add #(
    .Latency ( Latency )
  ) u_add (
    .clk_i,
    .valid_i,
    .a_i     ( product ),
    .b_i     ( sum_i   ),
    .sum_o
  );

endmodule
