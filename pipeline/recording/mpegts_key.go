package recording

// tsAlone reports whether a picture that begins with b can be shown without
// others, and whether that is sure before more of it is seen. random is what
// the writer says; loose takes the writer's word, and a decoder's wishes, where
// the picture itself does not stand alone (gradual refresh).
func tsAlone(kind byte, b []byte, random, loose bool) (key, sure bool) {
	switch kind {
	case 0x1B:
		return aloneH264(b, random, loose)
	case 0x24:
		return aloneHEVC(b)
	case 0x01, 0x02:
		return aloneMPEG2(b)
	}
	return random, true
}

// nals calls each for the NAL units (or other units after a start code) in b;
// the last may be cut short.
func nals(b []byte, each func([]byte) bool) {
	for i := 0; i+3 < len(b); i++ {
		if b[i] == 0 && b[i+1] == 0 && b[i+2] == 1 {
			if !each(b[i+3:]) {
				return
			}
			i += 2
		}
	}
}

// aloneH264: an IDR picture; or one of I slices that the writer points at or
// that comes with its own parameters.
func aloneH264(b []byte, random, loose bool) (key, sure bool) {
	params, recovery := false, false
	nals(b, func(n []byte) bool {
		switch n[0] & 0x1f {
		case 5:
			key, sure = true, true
		case 1:
			if len(n) < 8 {
				return false
			}
			kind, ok := sliceKind(n[1:8])
			intra := ok && (kind%5 == 2 || kind%5 == 4)
			key, sure = intra && (params || random || recovery) || loose && (params || random || recovery), true
		case 2:
			key, sure = loose && random, true
		case 6:
			recovery = recovery || len(n) > 1 && n[1] == 6
		case 7:
			params = true
		}
		return !sure
	})
	return key, sure
}

// sliceKind reads first_mb_in_slice and slice_type, two Exp-Golomb numbers.
func sliceKind(b []byte) (int, bool) {
	bit := 0
	next := func() (int, bool) {
		zeros := 0
		for ; bit < 8*len(b) && b[bit/8]>>(7-bit%8)&1 == 0; bit++ {
			zeros++
		}
		if zeros > 16 || bit+zeros >= 8*len(b) {
			return 0, false
		}
		v := 0
		for range zeros + 1 {
			v = v<<1 | int(b[bit/8]>>(7-bit%8)&1)
			bit++
		}
		return v - 1, true
	}
	if _, ok := next(); !ok {
		return 0, false
	}
	kind, ok := next()
	return kind, ok && kind <= 9
}

// aloneHEVC: IDR, BLA and CRA pictures.
func aloneHEVC(b []byte) (key, sure bool) {
	nals(b, func(n []byte) bool {
		if kind := n[0] >> 1 & 0x3f; kind < 32 {
			key, sure = kind >= 16 && kind <= 21, true
		}
		return !sure
	})
	return key, sure
}

// aloneMPEG2: I pictures.
func aloneMPEG2(b []byte) (key, sure bool) {
	nals(b, func(n []byte) bool {
		if n[0] == 0 && len(n) >= 3 {
			key, sure = n[2]>>3&7 == 1, true
		}
		return !sure
	})
	return key, sure
}
