// SPDX-License-Identifier: Apache-2.0
// ftz(a + b) of two fp32 numbers: add_fp32 of sim/numerics/arithmetic.hpp.
//
// Latency: L - 1 cycles. L = 2 cuts between sum and normalisation, L = 3 also between alignment
// and sum. Isolated, a stage without operands gives 0 and toggles nothing: worth its gates where
// operands come by more often than they are added.

module fp32_add #(
  parameter int unsigned Latency  = 1,
  parameter int unsigned Isolated = 0
) (
  input  logic               clk_i,
  input  logic [Latency-1:0] valid_i,  // Bit s: stage s has operands.
  input  logic [31:0]        a_i,
  input  logic [31:0]        b_i,
  output logic [31:0]        sum_o
);

  logic [Latency-1:0] works;
  assign works = Isolated != 0 ? valid_i : '1;

  // After alignment: |a + b| = greater +- lesser, by the exponent of greater.
  logic        nan, infinite, sign, subtract;
  logic [7:0]  exponent;
  logic [23:0] greater;
  logic [26:0] lesser;  // Three bits finer than greater; the last says "there was more".

  fp32_align u_align (
    .valid_i    ( works[0]   ),
    .a_i,
    .b_i,
    .nan_o      ( nan        ),
    .infinite_o ( infinite   ),
    .sign_o     ( sign       ),
    .subtract_o ( subtract   ),
    .exponent_o ( exponent   ),
    .greater_o    ( greater      ),
    .lesser_o    ( lesser      )
  );

  // What the sum is made from, and what normalisation works on.
  logic        add_nan, add_infinite, add_sign, add_subtract;
  logic [7:0]  add_exponent;
  logic [23:0] add_large;
  logic [26:0] add_small;
  logic [27:0] total;
  logic        end_nan, end_infinite, end_sign;
  logic [7:0]  end_exponent;
  logic [27:0] end_total;

  assign total = add_subtract ? {1'b0, add_large, 3'b0} - {1'b0, add_small}
                              : {1'b0, add_large, 3'b0} + {1'b0, add_small};

  if (Latency == 3) begin : gen_cut_alignment
    logic        nan_q, infinite_q, sign_q, subtract_q;
    logic [7:0]  exponent_q;
    logic [23:0] greater_q;
    logic [26:0] lesser_q;

    always_ff @(posedge clk_i) begin
      if (valid_i[0]) begin
        {nan_q, infinite_q, sign_q, subtract_q} <= {nan, infinite, sign, subtract};
        {exponent_q, greater_q, lesser_q}          <= {exponent, greater, lesser};
      end
    end

    assign {add_nan, add_infinite, add_sign, add_subtract} = {nan_q, infinite_q, sign_q,
                                                              subtract_q};
    assign {add_exponent, add_large, add_small}            = {exponent_q, greater_q, lesser_q};
  end else begin : gen_no_cut_alignment
    assign {add_nan, add_infinite, add_sign, add_subtract} = {nan, infinite, sign, subtract};
    assign {add_exponent, add_large, add_small}            = {exponent, greater, lesser};
  end

  if (Latency > 1) begin : gen_cut_sum
    logic        nan_q, infinite_q, sign_q;
    logic [7:0]  exponent_q;
    logic [27:0] total_q;

    always_ff @(posedge clk_i) begin
      if (valid_i[Latency-2]) begin
        {nan_q, infinite_q, sign_q} <= {add_nan, add_infinite, add_sign};
        {exponent_q, total_q}       <= {add_exponent, total};
      end
    end

    assign {end_nan, end_infinite, end_sign} = {nan_q, infinite_q, sign_q};
    assign {end_exponent, end_total}         = {exponent_q, total_q};
  end else begin : gen_no_cut_sum
    assign {end_nan, end_infinite, end_sign} = {add_nan, add_infinite, add_sign};
    assign {end_exponent, end_total}         = {add_exponent, total};

    logic unused;
    assign unused = &{1'b0, clk_i};
  end

  fp32_normalise u_normalise (
    .valid_i    ( works[Latency-1] ),
    .nan_i      ( end_nan          ),
    .infinite_i ( end_infinite     ),
    .sign_i     ( end_sign         ),
    .exponent_i ( end_exponent     ),
    .total_i    ( end_total        ),
    .sum_o
  );

endmodule
