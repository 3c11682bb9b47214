// SPDX-License-Identifier: Apache-2.0
// What the modules of the matrix unit share: the codes of the element types, the widths that
// follow from them, and the flags that travel with the rows of a pass.
//
// A processing element is named by the type of its weights; sim/numerics/formats.hpp says what the
// bits mean. Parameters are plain integers, so that every tool can set them.

package mxu_pkg;

  // A matrix unit of one type does not use the constants of the others.
  // verilator lint_off UNUSEDPARAM
  localparam int unsigned Int8    = 0;
  localparam int unsigned Int4    = 1;
  localparam int unsigned Ternary = 2;  // With int8 activations.
  localparam int unsigned Bf16    = 3;
  localparam int unsigned Fp8E4m3 = 4;
  localparam int unsigned Fp8E5m2 = 5;
  localparam int unsigned Fp4E2m1 = 6;

  // The only NaN that arithmetic produces.
  localparam logic [31:0] Nan = 32'h7fc0_0000;
  // verilator lint_on UNUSEDPARAM

  // What becomes of the rows of a pass in the accumulators.
  typedef struct packed {
    logic sum_start;     // The tile's sums start a group; otherwise they are added to it.
    logic sum_end;       // They end the group,
    logic scaled;        // which is then multiplied by its scales,
    logic result_start;  // and starts the result; otherwise it is added to it.
    logic result_end;    // The result is complete and leaves.
  } pass_flags_t;

  function automatic int unsigned weight_width(int unsigned element_type);
    case (element_type)
      Int4, Fp4E2m1: weight_width = 4;
      Ternary:       weight_width = 2;
      Bf16:          weight_width = 16;
      default:       weight_width = 8;
    endcase
  endfunction

  function automatic int unsigned activation_width(int unsigned element_type);
    activation_width = element_type == Ternary ? 8 : weight_width(element_type);
  endfunction

  // Sums are fp32 for these and int32 for the others.
  function automatic bit has_float_sums(int unsigned element_type);
    has_float_sums = element_type == Bf16 || element_type == Fp8E4m3 || element_type == Fp8E5m2;
  endfunction

  // Fraction bits of a type with fp32 sums.
  function automatic int unsigned fraction_width(int unsigned element_type);
    fraction_width = element_type == Bf16 ? 7 : element_type == Fp8E4m3 ? 3 : 2;
  endfunction

  // Magnitude of an fp4 element (e2m1, its sign left out) in halves: 0 1 2 3 4 6 8 12.
  function automatic logic [7:0] fp4_halves(logic [2:0] magnitude);
    case (magnitude[2:1])
      2'd0:    fp4_halves = {7'b0, magnitude[0]};
      2'd1:    fp4_halves = {6'b0, 1'b1, magnitude[0]};
      2'd2:    fp4_halves = {5'b0, 1'b1, magnitude[0], 1'b0};
      default: fp4_halves = {4'b0, 1'b1, magnitude[0], 2'b0};
    endcase
  endfunction

  // Bits of an index into `size` things; one at least.
  function automatic int unsigned index_width(int unsigned size);
    index_width = size > 2 ? $clog2(size) : 1;
  endfunction

endpackage
