-- Older processes still write the column: it goes once none of them is left.
UPDATE supervised_view SET query = '' WHERE query <> '';
