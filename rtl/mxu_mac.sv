// SPDX-License-Identifier: Apache-2.0
// The arithmetic of a processing element: sum + activation x weight, as multiply_add of
// sim/numerics/arithmetic.hpp defines it for each type.
//
// Latency: L - 1 cycles; the register behind it (sum_q of the element) is the last stage.

module mxu_mac #(
  parameter int unsigned Type    = 0,
  parameter int unsigned Latency = 1,
  localparam int unsigned ActWidth    = mxu_pkg::activation_width(Type),
  localparam int unsigned WeightWidth = mxu_pkg::weight_width(Type)
) (
  input  logic                   clk_i,
  input  logic [Latency-1:0]     valid_i,  // Bit s: stage s has operands.
  input  logic [ActWidth-1:0]    activation_i,
  input  logic [WeightWidth-1:0] weight_i,
  input  logic [31:0]            sum_i,
  output logic [31:0]            sum_o
);

  if (mxu_pkg::has_float_sums(Type)) begin : gen_float
    mac_float #(
      .Type    ( Type    ),
      .Latency ( Latency )
    ) u_mac (
      .clk_i,
      .valid_i,
      .activation_i,
      .weight_i,
      .sum_i,
      .sum_o
    );
  end else begin : gen_int
    localparam int unsigned ProductWidth = Type == mxu_pkg::Int8 ? 16 :
                                           Type == mxu_pkg::Int4 ? 8 : 9;
    logic signed [31:0] product;

    if (Type == mxu_pkg::Ternary) begin : gen_ternary
      // No multiplier: bit 0 of the weight is "not zero", bit 1 is "negative".
      logic signed [31:0] activation;
      assign activation = 32'($signed(activation_i));
      assign product    = !weight_i[0] ? '0 : weight_i[1] ? -activation : activation;
    end else if (Type == mxu_pkg::Fp4E2m1) begin : gen_fp4
      // Halves times halves are quarters, of which the sum is a whole number.
      logic [7:0] magnitude;
      assign magnitude = mxu_pkg::fp4_halves(activation_i[2:0]) *
                         mxu_pkg::fp4_halves(weight_i[2:0]);
      assign product   = activation_i[3] ^ weight_i[3] ? -{24'b0, magnitude} : {24'b0, magnitude};
    end else begin : gen_multiply
      assign product = 32'($signed(activation_i)) * 32'($signed(weight_i));
    end

    mac_int #(
      .ProductWidth ( ProductWidth ),
      .Latency      ( Latency      )
    ) u_mac (
      .clk_i,
      .valid_i,
      .product_i ( product ),
      .sum_i,
      .sum_o
    );
  end

endmodule
