package configuration

// Read and Write are the two directions between files and a configuration, for the fuzz test.
func Read(f Files) (Tree, error) {
	t, _, problems := read(f)
	for i := range t.Partners {
		p := &t.Partners[i]
		if p.Company == nil || p.Brand == nil { // an export always has both
			t.Partners = nil
			break
		}
	}
	if len(problems) > 0 {
		return t, problems
	}
	return t, nil
}

// Write: see Read.
func Write(t Tree) Files { return write(t) }
