// tile_value = f16: operands of matmul-tile.wgsl, to which this is prepended, rounded to 11 bits in workgroup
// memory, half the bytes; products and sums stay f32
//
// Limit: what is larger than 65504 becomes infinite. Asked for only, and after a check (kernel-ways.ts):
// training promises float32.
// Layout: a type. Dispatch: as there.

enable f16;

alias tile_value = f16;
