;; base64 in lines, 12 octets at a time: RFC 4648 §4, RFC 2045 §6.8.
;;
;; After a change, assemble it into base64-module.ts:
;;   npx -y pnpm@12 exec vitest run packages/base/src/wasm -u
(module
  ;; 64 KiB of octets, then 128 KiB for the lines.
  (memory (export "memory") 3 3)

  ;; Encodes the octets from $from to $end, which fill whole lines, and writes
  ;; lines of $characters to $to, the next one always $step after the one before, with the two octets of
  ;; $lineEnd between. A line is written in groups of 16 characters; what the last group of a line writes
  ;; too much, the line end and the next line write over. Up to 16 octets after $end are read, and up to
  ;; 16 after the last line are written.
  (func (export "encode")
    (param $from i32) (param $end i32)
    (param $to i32) (param $characters i32) (param $step i32) (param $lineEnd i32)
    (local $lineStop i32) (local $group i32) (local $bits v128) (local $values v128)
    (loop $lines
      (local.set $group (local.get $to))
      (local.set $lineStop (i32.add (local.get $to) (local.get $characters)))
      (loop $groups
        ;; Three octets a, b, c into each 32-bit lane, as the number 0abc.
        (local.set $bits
          (i8x16.shuffle 2 1 0 16 5 4 3 16 8 7 6 16 11 10 9 16
            (v128.load align=1 (local.get $from))
            (v128.const i32x4 0 0 0 0)))
        ;; Its four values of six bits, the first into the lowest octet.
        (local.set $values
          (v128.or
            (v128.or
              (i32x4.shr_u (local.get $bits) (i32.const 18))
              (v128.and
                (i32x4.shr_u (local.get $bits) (i32.const 4))
                (v128.const i32x4 0x3f00 0x3f00 0x3f00 0x3f00)))
            (v128.or
              (v128.and
                (i32x4.shl (local.get $bits) (i32.const 10))
                (v128.const i32x4 0x3f0000 0x3f0000 0x3f0000 0x3f0000))
              (v128.and
                (i32x4.shl (local.get $bits) (i32.const 24))
                (v128.const i32x4 0x3f000000 0x3f000000 0x3f000000 0x3f000000)))))
        ;; A digit is its value and the distance of its range from ASCII. The range: 0 for a to z, 1 to 10
        ;; for each of 0 to 9, 11 for +, 12 for /, 13 for A to Z.
        (v128.store align=1 (local.get $group)
          (i8x16.add
            (local.get $values)
            (i8x16.swizzle
              (v128.const i8x16 71 -4 -4 -4 -4 -4 -4 -4 -4 -4 -4 -19 -16 65 0 0)
              (v128.or
                (i8x16.sub_sat_u
                  (local.get $values)
                  (v128.const i8x16 51 51 51 51 51 51 51 51 51 51 51 51 51 51 51 51))
                (v128.and
                  (i8x16.lt_u
                    (local.get $values)
                    (v128.const i8x16 26 26 26 26 26 26 26 26 26 26 26 26 26 26 26 26))
                  (v128.const i8x16 13 13 13 13 13 13 13 13 13 13 13 13 13 13 13 13))))))
        (local.set $from (i32.add (local.get $from) (i32.const 12)))
        (br_if $groups
          (i32.lt_u
            (local.tee $group (i32.add (local.get $group) (i32.const 16)))
            (local.get $lineStop))))
      ;; Back over the octets of the last group that belong to the next line.
      (local.set $from
        (i32.sub
          (local.get $from)
          (i32.mul
            (i32.shr_u (i32.sub (local.get $group) (local.get $lineStop)) (i32.const 2))
            (i32.const 3))))
      (i32.store16 align=1 (local.get $lineStop) (local.get $lineEnd))
      (local.set $to (i32.add (local.get $to) (local.get $step)))
      (br_if $lines (i32.lt_u (local.get $from) (local.get $end))))))
