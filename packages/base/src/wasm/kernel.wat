;; What is done to every octet of a message: base64 in lines, line ends made CRLF, the last look at what is
;; written, quoted-printable. Each function reads and writes the one memory, and asks for nothing else.
;;
;; After a change, assemble it into kernel-module.ts:
;;   npx -y pnpm@12 exec vitest run packages/base/src/wasm -u
(module
  ;; Octets that are given stand from 0 on, lines from 64 KiB, quoted-printable from 192 KiB: 65,000 octets
  ;; make at most twice as many with CRLF for each LF, and 3.1 times as many in quoted-printable.
  (memory (export "memory") 7 7)

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
        ;; Three octets a, b, c into each pair of 16-bit lanes: as ab, and as bc without the four bits that ab has.
        ;; A swizzle, because what it goes by stays in a register, and that of a shuffle does not.
        (local.set $bits
          (i16x8.mul
            (i8x16.swizzle
              (v128.load align=1 (local.get $from))
              (v128.const i8x16 1 0 2 1 4 3 5 4 7 6 8 7 10 9 11 10))
            (v128.const i16x8 1 16 1 16 1 16 1 16)))
        ;; So both begin with two values of six bits: the first into the lower octet.
        (local.set $values
          (v128.or
            (i16x8.shr_u (local.get $bits) (i32.const 10))
            (v128.and
              (i16x8.shl (local.get $bits) (i32.const 4))
              (v128.const i16x8 0x3f00 0x3f00 0x3f00 0x3f00 0x3f00 0x3f00 0x3f00 0x3f00))))
        ;; A digit is its value and the distance of its range from ASCII. The range: 0 for A to Z, 1 for a to z, 2 to
        ;; 11 for each of 0 to 9, 12 for +, 13 for /. What is greater is -1.
        (v128.store align=1 (local.get $group)
          (i8x16.add
            (local.get $values)
            (i8x16.swizzle
              (v128.const i8x16 65 71 -4 -4 -4 -4 -4 -4 -4 -4 -4 -4 -19 -16 0 0)
              (i8x16.sub
                (i8x16.sub_sat_u
                  (local.get $values)
                  (i8x16.splat (i32.const 51)))
                (i8x16.gt_s
                  (local.get $values)
                  (i8x16.splat (i32.const 25)))))))
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
      (br_if $lines (i32.lt_u (local.get $from) (local.get $end)))))

  ;; Copies text, the octets from 0 to $end, to $start; each LF, CRLF and CR becomes CRLF. Gives where the
  ;; copy ends, times 8, and what was seen: 1 for NUL, SUB or ESC, 2 for a line that starts with "From ",
  ;; 4 for a line of more than 998 octets. 16 octets after either end are read and written over.
  (func (export "lines") (param $end i32) (param $start i32) (result i32)
    (local $from i32) (local $to i32) (local $lineStart i32) (local $seen i32)
    (local $block v128) (local $controls i32) (local $step i32) (local $octet i32)
    (local.set $to (local.get $start))
    (local.set $lineStart (local.get $start))
    (local.set $seen (call $isFrom (i32.const 0) (local.get $end)))
    (block $done
      (loop $blocks
        (v128.store align=1 (local.get $to)
          (local.tee $block (v128.load align=1 (local.get $from))))
        (local.set $controls
          (i8x16.bitmask
            (i8x16.lt_u
              (local.get $block)
              (i8x16.splat (i32.const 32)))))
        ;; A branch, which is foreseen, where a distance would have to be waited for.
        (if (i32.eqz (local.get $controls))
          (then
            (local.set $to (i32.add (local.get $to) (i32.const 16)))
            (local.set $from (i32.add (local.get $from) (i32.const 16)))
            (br_if $blocks (i32.lt_u (local.get $from) (local.get $end)))
            (br $done)))
        (local.set $step (i32.ctz (local.get $controls)))
        (local.set $to (i32.add (local.get $to) (local.get $step)))
        (local.set $from (i32.add (local.get $from) (local.get $step)))
        (br_if $done (i32.ge_u (local.get $from) (local.get $end)))
        (local.set $octet (i32.load8_u (local.get $from)))
        (local.set $from (i32.add (local.get $from) (i32.const 1)))
        (if
          (i32.or
            (i32.eq (local.get $octet) (i32.const 10))
            (i32.eq (local.get $octet) (i32.const 13)))
          (then
            ;; CRLF is one line end.
            (local.set $from
              (i32.add
                (local.get $from)
                (i32.and
                  (i32.lt_u (local.get $from) (local.get $end))
                  (i32.and
                    (i32.eq (local.get $octet) (i32.const 13))
                    (i32.eq (i32.load8_u (local.get $from)) (i32.const 10))))))
            (local.set $seen
              (i32.or
                (local.get $seen)
                (i32.or
                  (call $isLong (local.get $lineStart) (local.get $to))
                  (call $isFrom (local.get $from) (local.get $end)))))
            (i32.store16 align=1 (local.get $to) (i32.const 0x0a0d))
            (local.set $to (i32.add (local.get $to) (i32.const 2)))
            (local.set $lineStart (local.get $to)))
          (else
            ;; It was copied with its block. NUL, SUB, ESC: bits 0, 26 and 27.
            (local.set $to (i32.add (local.get $to) (i32.const 1)))
            (local.set $seen
              (i32.or
                (local.get $seen)
                (i32.and
                  (i32.shr_u (i32.const 0x0c000001) (local.get $octet))
                  (i32.const 1))))))
        (br_if $blocks (i32.lt_u (local.get $from) (local.get $end)))))
    ;; Over the end by what was no text.
    (local.set $to
      (i32.sub
        (local.get $to)
        (select
          (i32.sub (local.get $from) (local.get $end))
          (i32.const 0)
          (i32.gt_u (local.get $from) (local.get $end)))))
    (i32.or
      (i32.shl (local.get $to) (i32.const 3))
      (i32.or
        (local.get $seen)
        (call $isLong (local.get $lineStart) (local.get $to)))))

  ;; 4 for a line of more than 998 octets (RFC 5322 section 2.1.1), else 0.
  (func $isLong (param $start i32) (param $end i32) (result i32)
    (i32.shl
      (i32.gt_u (i32.sub (local.get $end) (local.get $start)) (i32.const 998))
      (i32.const 2)))

  ;; 2 when "From " stands here, else 0.
  (func $isFrom (param $at i32) (param $end i32) (result i32)
    (i32.shl
      (i32.and
        (i32.le_u (i32.add (local.get $at) (i32.const 5)) (local.get $end))
        (i32.and
          (i32.eq (i32.load align=1 (local.get $at)) (i32.const 0x6d6f7246))
          (i32.eq (i32.load8_u offset=4 (local.get $at)) (i32.const 32))))
      (i32.const 1)))

  ;; The last look at the octets from $start to $end; one before and 32 after them are written over. Gives what was
  ;; seen: 1 for a NUL, a bare CR, a bare LF or a line of more than 998 octets, 2 for an octet above 127.
  (func (export "look") (param $start i32) (param $end i32) (result i32)
    (local $at i32) (local $before i32) (local $lineStart i32) (local $isLong i32)
    (local $block v128) (local $feed v128) (local $feeds i32)
    (local $fault v128) (local $high v128) (local $least v128)
    ;; What stands before and after is neither text nor a line end.
    (i32.store8 (i32.sub (local.get $start) (i32.const 1)) (i32.const 32))
    (v128.store align=1 (local.get $end) (i8x16.splat (i32.const 32)))
    (v128.store offset=16 align=1 (local.get $end) (i8x16.splat (i32.const 32)))
    (local.set $at (local.get $start))
    (local.set $lineStart (local.get $start))
    (local.set $least (i8x16.splat (i32.const 255)))
    (loop $blocks
      (local.set $before (i32.sub (local.get $at) (i32.const 1)))
      ;; Two blocks at once: an LF has a CR before it, and what has a CR before it is an LF.
      (local.set $block (v128.load align=1 (local.get $at)))
      (local.set $high (v128.or (local.get $high) (local.get $block)))
      (local.set $least (i8x16.min_u (local.get $least) (local.get $block)))
      (local.set $feed (i8x16.eq (local.get $block) (i8x16.splat (i32.const 10))))
      (local.set $fault
        (v128.or
          (local.get $fault)
          (v128.xor
            (local.get $feed)
            (i8x16.eq
              (v128.load align=1 (local.get $before))
              (i8x16.splat (i32.const 13))))))
      (local.set $feeds (i8x16.bitmask (local.get $feed)))
      (local.set $block (v128.load offset=16 align=1 (local.get $at)))
      (local.set $high (v128.or (local.get $high) (local.get $block)))
      (local.set $least (i8x16.min_u (local.get $least) (local.get $block)))
      (local.set $feed (i8x16.eq (local.get $block) (i8x16.splat (i32.const 10))))
      (local.set $fault
        (v128.or
          (local.get $fault)
          (v128.xor
            (local.get $feed)
            (i8x16.eq
              (v128.load offset=16 align=1 (local.get $before))
              (i8x16.splat (i32.const 13))))))
      (local.set $feeds
        (i32.or
          (local.get $feeds)
          (i32.shl (i8x16.bitmask (local.get $feed)) (i32.const 16))))
      (if (local.get $feeds)
        (then
          (local.set $isLong
            (i32.or
              (local.get $isLong)
              (i32.gt_u
                (i32.sub
                  (i32.add (local.get $at) (i32.ctz (local.get $feeds)))
                  (local.get $lineStart))
                (i32.const 999)))) ;; with its CR
          (local.set $lineStart
            (i32.sub
              (i32.add (local.get $at) (i32.const 32))
              (i32.clz (local.get $feeds))))))
      (br_if $blocks
        (i32.lt_u
          (local.tee $at (i32.add (local.get $at) (i32.const 32)))
          (local.get $end))))
    (i32.or
      (i32.or
        (i32.or
          (v128.any_true (local.get $fault))
          (i32.eqz (i8x16.all_true (local.get $least))))
        (i32.or
          (local.get $isLong)
          (i32.or
            (i32.gt_s
              (i32.sub (local.get $end) (local.get $lineStart))
              (i32.const 998))
            (i32.eq
              (i32.load8_u (i32.sub (local.get $end) (i32.const 1)))
              (i32.const 13)))))
      (i32.shl
        (i32.ne (i32.const 0) (i8x16.bitmask (local.get $high)))
        (i32.const 1))))

  ;; Text in UTF-8 with CRLF, the octets from $at to $end, as quoted-printable lines of at most $width to $to
  ;; (RFC 2045 section 6.7); gives where they end. A character is not split, and what travels badly though it
  ;; is legal is encoded: a dot alone on its line, "From " at the start of one, a blank at the end.
  (func (export "quote")
    (param $at i32) (param $end i32) (param $to i32) (param $width i32) (result i32)
    (local $octet i32) (local $octets i32) (local $columns i32) (local $room i32) (local $lineStart i32)
    (local $block v128) (local $special i32) (local $plain i32)
    (loop $lines
      (local.set $lineStart (local.get $to))
      (local.set $room (local.get $width))
      (block $lineDone
        ;; The first character, when it is at risk.
        (if
          (i32.or
            (call $isFrom (local.get $at) (local.get $end))
            (i32.and
              (i32.eq (i32.load8_u (local.get $at)) (i32.const 0x2e))
              (call $isEnd (i32.add (local.get $at) (i32.const 1)) (local.get $end))))
          (then
            (local.set $to (call $encoded (local.get $to) (i32.load8_u (local.get $at))))
            (local.set $at (i32.add (local.get $at) (i32.const 1)))
            (local.set $room (i32.sub (local.get $room) (i32.const 3)))))
        (loop $characters
          ;; As many as stand for themselves, and leave a column for the "=" of a soft break.
          (v128.store align=1 (local.get $to)
            (local.tee $block (v128.load align=1 (local.get $at))))
          (local.set $special
            (i8x16.bitmask
              (v128.or
                (v128.or
                  (i8x16.lt_s
                    (local.get $block)
                    (i8x16.splat (i32.const 32)))
                  (i8x16.eq
                    (local.get $block)
                    (i8x16.splat (i32.const 127))))
                (i8x16.eq
                  (local.get $block)
                  (i8x16.splat (i32.const 61))))))
          (if
            (i32.and
              (i32.eqz (local.get $special))
              (i32.and
                (i32.gt_s (local.get $room) (i32.const 16))
                (i32.le_u (i32.add (local.get $at) (i32.const 16)) (local.get $end))))
            (then
              (local.set $to (i32.add (local.get $to) (i32.const 16)))
              (local.set $at (i32.add (local.get $at) (i32.const 16)))
              (local.set $room (i32.sub (local.get $room) (i32.const 16)))
              (br $characters)))
          (local.set $plain (i32.ctz (i32.or (local.get $special) (i32.const 0x10000))))
          (local.set $plain
            (select
              (local.get $plain)
              (i32.sub (local.get $room) (i32.const 1))
              (i32.lt_s (local.get $plain) (local.get $room))))
          (if (i32.gt_s (local.get $plain) (i32.const 0))
            (then
              (local.set $to (i32.add (local.get $to) (local.get $plain)))
              (local.set $at (i32.add (local.get $at) (local.get $plain)))
              (local.set $room (i32.sub (local.get $room) (local.get $plain)))
              ;; What stands after the end is no text.
              (if (i32.gt_u (local.get $at) (local.get $end))
                (then
                  (local.set $plain (i32.sub (local.get $at) (local.get $end)))
                  (local.set $at (local.get $end))
                  (local.set $to (i32.sub (local.get $to) (local.get $plain)))
                  (local.set $room (i32.add (local.get $room) (local.get $plain)))))))
          (br_if $lineDone (i32.ge_u (local.get $at) (local.get $end)))
          (local.set $octet (i32.load8_u (local.get $at)))
          (if
            (i32.or
              (i32.eq (local.get $octet) (i32.const 9))
              (i32.and
                (i32.lt_u (i32.sub (local.get $octet) (i32.const 32)) (i32.const 95))
                (i32.ne (local.get $octet) (i32.const 0x3d))))
            (then
              ;; The last column belongs to the "=" of a soft break, unless the line ends there.
              (if (i32.le_s (local.get $room) (i32.const 1))
                (then
                  (br_if $lineDone
                    (i32.or
                      (i32.lt_s (local.get $room) (i32.const 1))
                      (i32.eqz
                        (call $isEnd
                          (i32.add (local.get $at) (i32.const 1))
                          (local.get $end)))))))
              (i32.store8 (local.get $to) (local.get $octet))
              (local.set $to (i32.add (local.get $to) (i32.const 1)))
              (local.set $at (i32.add (local.get $at) (i32.const 1)))
              (local.set $room (i32.sub (local.get $room) (i32.const 1)))
              (br $characters)))
          (br_if $lineDone (call $isEnd (local.get $at) (local.get $end)))
          (local.set $octets
            (i32.add
              (i32.const 1)
              (i32.add
                (i32.gt_u (local.get $octet) (i32.const 0xbf))
                (i32.add
                  (i32.gt_u (local.get $octet) (i32.const 0xdf))
                  (i32.gt_u (local.get $octet) (i32.const 0xef))))))
          (local.set $columns (i32.mul (local.get $octets) (i32.const 3)))
          (if (i32.le_s (local.get $room) (local.get $columns))
            (then
              (br_if $lineDone
                (i32.or
                  (i32.lt_s (local.get $room) (local.get $columns))
                  (i32.eqz
                    (call $isEnd
                      (i32.add (local.get $at) (local.get $octets))
                      (local.get $end)))))))
          (local.set $room (i32.sub (local.get $room) (local.get $columns)))
          (loop $octetsOfOne
            (local.set $to (call $encoded (local.get $to) (i32.load8_u (local.get $at))))
            (local.set $at (i32.add (local.get $at) (i32.const 1)))
            (br_if $octetsOfOne
              (local.tee $octets (i32.sub (local.get $octets) (i32.const 1)))))
          (br $characters)))
      ;; A blank before a line end is encoded here, or in the next line when there is no room.
      (if
        (i32.and
          (i32.gt_u (local.get $to) (local.get $lineStart))
          (call $isEnd (local.get $at) (local.get $end)))
        (then
          (local.set $octet (i32.load8_u (i32.sub (local.get $to) (i32.const 1))))
          (if
            (i32.or
              (i32.eq (local.get $octet) (i32.const 32))
              (i32.eq (local.get $octet) (i32.const 9)))
            (then
              (local.set $to (i32.sub (local.get $to) (i32.const 1)))
              (if (i32.ge_s (local.get $room) (i32.const 2))
                (then (local.set $to (call $encoded (local.get $to) (local.get $octet))))
                (else (local.set $at (i32.sub (local.get $at) (i32.const 1)))))))))
      (if (call $isEnd (local.get $at) (local.get $end))
        (then
          (br_if $lines
            (if (result i32) (i32.lt_u (local.get $at) (local.get $end))
              (then
                (i32.store16 align=1 (local.get $to) (i32.const 0x0a0d))
                (local.set $to (i32.add (local.get $to) (i32.const 2)))
                (local.set $at (i32.add (local.get $at) (i32.const 2)))
                (i32.lt_u (local.get $at) (local.get $end)))
              (else (i32.const 0)))))
        (else
          (i32.store16 align=1 (local.get $to) (i32.const 0x0d3d))
          (i32.store8 offset=2 (local.get $to) (i32.const 10))
          (local.set $to (i32.add (local.get $to) (i32.const 3)))
          (br $lines))))
    (local.get $to))

  ;; Whether a line, or all of it, ends here.
  (func $isEnd (param $at i32) (param $end i32) (result i32)
    (i32.or
      (i32.ge_u (local.get $at) (local.get $end))
      (i32.eq (i32.load16_u align=1 (local.get $at)) (i32.const 0x0a0d))))

  ;; "=" and two digits; gives where they end.
  (func $encoded (param $to i32) (param $octet i32) (result i32)
    (local $high i32)
    (local.set $high (i32.shr_u (local.get $octet) (i32.const 4)))
    (local.set $octet (i32.and (local.get $octet) (i32.const 15)))
    (i32.store align=1 (local.get $to)
      (i32.add
        (i32.const 0x30303d)
        (i32.or
          (i32.shl
            (i32.add
              (local.get $high)
              (i32.mul (i32.gt_u (local.get $high) (i32.const 9)) (i32.const 7)))
            (i32.const 8))
          (i32.shl
            (i32.add
              (local.get $octet)
              (i32.mul (i32.gt_u (local.get $octet) (i32.const 9)) (i32.const 7)))
            (i32.const 16)))))
    (i32.add (local.get $to) (i32.const 3))))
