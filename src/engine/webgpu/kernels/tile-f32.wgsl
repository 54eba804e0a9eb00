// tile_value = f32: how operands lie in the workgroup memory of matmul-tile.wgsl, to which this is prepended
//
// Layout: a type. Dispatch: as there.

alias tile_value = f32;
