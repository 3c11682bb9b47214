// SPDX-License-Identifier: Apache-2.0
// A group's sum times its scale, in fp32: scale_sum of sim/numerics/arithmetic.hpp.
//
// Latency: combinational. Isolated unless valid.

module scale_sum #(
  parameter int unsigned Type = 0
) (
  input  logic        valid_i,
  input  logic [31:0] sum_i,
  input  logic [31:0] scale_i,
  output logic [31:0] scaled_o
);

  logic [31:0] sum;

  if (mxu_pkg::has_float_sums(Type)) begin : gen_float
    assign sum = sum_i;
  end else begin : gen_int
    int_to_fp32 #(
      .Quarters ( Type == mxu_pkg::Fp4E2m1 ? 1 : 0 )
    ) u_convert (
      .valid_i,
      .integer_i ( sum_i ),
      .float_o   ( sum   )
    );
  end

  fp32_multiply u_multiply (
    .valid_i,
    .a_i       ( sum      ),
    .b_i       ( scale_i  ),
    .product_o ( scaled_o )
  );

endmodule
