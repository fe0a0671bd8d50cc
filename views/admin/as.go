package admin

import "myisp/views/ui"

// Draft is the page with a preview in a frame.
type Draft struct {
	Shell ui.Shell
	Phone ui.Phone
}

// PreviewOnly answers a form that was sent in a preview.
type PreviewOnly struct {
	Shell   ui.Shell
	BackURL string
}
