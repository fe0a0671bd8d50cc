package audit

// Action is what was done; its words are the message audit.action.<action>.
type Action string

// The actions of the log, by what they are done to.
const (
	AccessDenied Action = "access_denied" // a member of staff asked for what their role does not reach
	StaffLogIn   Action = "staff_log_in"
	StaffLogOut  Action = "staff_log_out"
	SettingSet   Action = "setting_set"
	SettingReset Action = "setting_reset"
	GatewaySet   Action = "gateway_set" // a partner's payment gateway

	AttributeCreated          Action = "attribute_created"
	AttributeChanged          Action = "attribute_changed"
	AttributeArchived         Action = "attribute_archived"
	AttributeRestored         Action = "attribute_restored"
	AttributeDeleted          Action = "attribute_deleted"
	CustomerAttributesChanged Action = "customer_attributes_changed"
	ProfileChanged            Action = "profile_changed" // by the customers themselves
)

// Actions lists every action, for filters and for the test that holds them to their words.
var Actions = []Action{AccessDenied, StaffLogIn, StaffLogOut, SettingSet, SettingReset, GatewaySet,
	AttributeCreated, AttributeChanged, AttributeArchived, AttributeRestored, AttributeDeleted, CustomerAttributesChanged, ProfileChanged}
