package ticket

import "context"

// Threads returns a page of all tickets of a customer with everything in them, for staff: hidden ones, and notes that the
// customer does not read. Last changed first; skip is how many come before the page. It takes two statements.
func (s *Store) Threads(ctx context.Context, customerID int64, skip int) (list []Thread, more bool, err error) {
	var tickets []Ticket
	err = s.d.Q(ctx).Where("customer_id = ?", customerID).Order("updated_at DESC, id DESC").Offset(max(0, skip)).Limit(PageSize + 1).Find(&tickets).Error
	if err != nil || len(tickets) == 0 {
		return nil, false, err
	}
	if more = len(tickets) > PageSize; more {
		tickets = tickets[:PageSize]
	}
	at := map[int64]int{}
	ids := make([]int64, len(tickets))
	for i, t := range tickets {
		list, ids[i], at[t.ID] = append(list, Thread{Ticket: t}), t.ID, i
	}
	var lines []Message
	if err := s.d.Q(ctx).Where("ticket_id IN ?", ids).Order("id").Find(&lines).Error; err != nil {
		return nil, false, err
	}
	for _, m := range lines {
		thread := &list[at[m.TicketID]]
		thread.Messages = append(thread.Messages, m)
	}
	return list, more, nil
}
