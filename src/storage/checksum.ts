/**
 * CRC-32 (the polynomial of zip and PNG): catches every single flipped bit, every burst up to 32 bits and
 * all but one in four billion other accidents. No protection against anybody who means harm.
 */
const TABLE = new Uint32Array(256).map((_, byte) => {
  let value = byte;
  for (let bit = 0; bit < 8; bit++) value = value & 1 ? (value >>> 1) ^ 0xedb88320 : value >>> 1;
  return value;
});

/** Of the bytes, as an unsigned 32-bit number; of bytes that follow others, given the number of those. */
export function crc32(bytes: Uint8Array, before = 0): number {
  let crc = ~before;
  for (let i = 0; i < bytes.length; i++) crc = (crc >>> 8) ^ TABLE[(crc ^ bytes[i]) & 0xff];
  return (crc ^ 0xffffffff) >>> 0;
}
