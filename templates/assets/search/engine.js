/* The search of a site: the query language of `changenote list` over columns of facts, and words
   through Pagefind's index. Knows nothing of pages; whatever has a search field asks it.

   open(base?) → Promise<Engine>
     `base` is the address of the folder that this file lies in, and that is what it is without one.
     Fails only when facts.json cannot be loaded.

   Engine
     count          how many notes there are
     words          "index": words are looked for in all text; "titles": there is no index
     find(text, {sort, from, limit, facets, today}) → Promise<Answer>
       sort    "rank" or "date"; without one "rank" when the query has words, else "date".
               Notes that need a human review come last by rank.
       from, limit   which hits are wanted: 0 and 20
       facets  false leaves them out, for a field that shows none
       today   a day as "2026-11-22", for -30d; without one the day now, in UTC

   Answer
     total     how many notes match
     hits      [Hit], `limit` at most
     facets    [{key, title, values: [{value, label, count, chosen}]}], most frequent first; counts
               are of the query without this facet's own key
     pages     [Other] the site's pages that are no notes; none when the query has keys
     sort      "rank" or "date": what the hits are sorted by
     problem   null, or {what, expected, hint} when the text cannot be a query; all else is empty

   Hit
     number, id, title, url, day, kind, service, owner, environment, verdict, status, outcome, tags
     needsReview, hasRollback
     held      ["service:shop-web" …]: what held of the keys asked for, as the note has it
     excerpt() → Promise<[{text, marked}]>; empty when the query has no words

   Other
     url, title() → Promise<string>, excerpt() as for a hit

   Nothing here is HTML: whoever shows it makes text nodes. */
export async function open(base = new URL("./", import.meta.url)) {
  throw new Error(`no search in ${base} yet`);
}
