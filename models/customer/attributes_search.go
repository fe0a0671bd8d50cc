package customer

import "context"

// JobAttributeTerms writes the words by which customers are found anew, after an attribute became searchable, or ceased to be.
const JobAttributeTerms = "customer.attribute_terms"

// AttributeTerms is the payload of JobAttributeTerms: how far it has come.
type AttributeTerms struct {
	After int64 // the last customer who is done
}

// termsAtOnce is how many customers one run of JobAttributeTerms takes, so that it ends within a job's time.
const termsAtOnce = 5000

// searchedValue is a value that its customer is found by.
type searchedValue struct {
	OwnerID int64
	Type    AttributeType
	Value   string
}

// searchedValues returns the values of searchable attributes, by customer.
func (s *Store) searchedValues(ctx context.Context, ids ...int64) (map[int64][]searchedValue, error) {
	var rows []searchedValue
	err := s.d.Q(ctx).Table("attribute_values v").Joins("JOIN attributes a ON a.id = v.attribute_id").
		Where("v.owner_id IN ? AND a.searchable = ? AND a.hidden = ? AND a.archived_at IS NULL", ids, true, false).
		Select("v.owner_id, a.type, v.value").Order("a.position, a.id").Scan(&rows).Error
	byOwner := map[int64][]searchedValue{}
	for _, r := range rows {
		byOwner[r.OwnerID] = append(byOwner[r.OwnerID], r)
	}
	return byOwner, err
}

// values adds the words of attributes.
func (t *termSet) values(list []searchedValue) {
	for _, v := range list {
		t.words(v.Value)
		switch v.Type {
		case AttrString, AttrIP:
			t.joined(v.Value)
		case AttrPhone:
			t.number(v.Value)
		case AttrEmail:
			t.add(folded(v.Value))
		}
	}
}

// termsWith are the words of one customer, attributes included.
func (c *Customer) termsWith(region string, list []searchedValue) termSet {
	t := termSet(c.Terms(region))
	t.values(list)
	return t
}

// RenewTerms does a part of JobAttributeTerms and enqueues the rest. Region is a partner's country for phone numbers.
func (s *Store) RenewTerms(ctx context.Context, p AttributeTerms, region func(partnerID int64) string) error {
	last := p.After
	for done := 0; done < termsAtOnce; done += 500 {
		next := last
		err := s.d.Tx(ctx, func(ctx context.Context) (err error) {
			next, err = s.renewTerms(ctx, last, region)
			return err
		})
		if err != nil || next == last {
			return err
		}
		last = next
	}
	return s.jobs.Enqueue(ctx, JobAttributeTerms, AttributeTerms{After: last})
}
