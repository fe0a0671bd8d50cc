// Staff pages load this besides app.js; one file a topic.
