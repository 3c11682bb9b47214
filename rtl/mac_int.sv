// SPDX-License-Identifier: Apache-2.0
// Adds a product to an int32 sum, modulo 2^32. The product comes as 32 bits of which only the low
// ProductWidth count and the others repeat their sign.
//
// Latency: L - 1 cycles; the register behind it is the last stage. L = 2 cuts between product and
// sum, L = 3 also cuts the carry chain of the sum in the middle.

module mac_int #(
  parameter int unsigned ProductWidth = 16,
  parameter int unsigned Latency      = 1
) (
  input  logic               clk_i,
  input  logic [Latency-1:0] valid_i,  // Bit s: stage s has operands.
  input  logic signed [31:0] product_i,
  input  logic [31:0]        sum_i,
  output logic [31:0]        sum_o
);

  if (Latency == 1) begin : gen_one
    assign sum_o = sum_i + product_i;

    logic unused;
    assign unused = &{1'b0, clk_i, valid_i};
  end else begin : gen_cut
    logic signed [ProductWidth-1:0] product_q;
    logic [31:0]                    addend, sum_q;

    always_ff @(posedge clk_i) begin
      if (valid_i[0]) begin
        product_q <= product_i[ProductWidth-1:0];
        sum_q     <= sum_i;
      end
    end

    assign addend = 32'(product_q);

    logic unused_sign;
    assign unused_sign = &{1'b0, product_i[31:ProductWidth]};

    if (Latency == 2) begin : gen_two
      assign sum_o = sum_q + addend;

      logic unused;
      assign unused = &{1'b0, valid_i[1]};
    end else begin : gen_three
      logic [16:0] low_q;  // With carry.
      logic [15:0] high_addend_q, high_sum_q;

      always_ff @(posedge clk_i) begin
        if (valid_i[1]) begin
          low_q         <= {1'b0, sum_q[15:0]} + {1'b0, addend[15:0]};
          high_addend_q <= addend[31:16];
          high_sum_q    <= sum_q[31:16];
        end
      end

      assign sum_o = {high_sum_q + high_addend_q + {15'b0, low_q[16]}, low_q[15:0]};

      logic unused;
      assign unused = &{1'b0, valid_i[2]};
    end
  end

endmodule
