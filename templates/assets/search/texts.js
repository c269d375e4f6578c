/* Words in all text of a site, through Pagefind's index. The engine asks it; nobody else need know
   Pagefind, how its index cuts words, or how a word must be put to it.

   open(bundle) → Promise<Words>
     `bundle` is the address of the folder that pagefind.js lies in. Fails when it cannot be loaded.

   Words
     find(words) → Promise<[Found]>
       The pages in which every word is found, best first; all pages for no words. A word is found
       where one begins with it, as in `changenote list`: `totals`, `totals.py`, `cart/totals` and
       `app/cart` all find `app/cart/totals.py`; forms of a word find one another (`cached`,
       `caching`). A word with spaces is a phrase: its words side by side.

   Found
     number   which page: notes have the numbers they have in facts.json, other pages those after
     score    higher is better
     page()    → Promise<{url, title, tags}>; the address is relative to the top of the site
     excerpt() → Promise<[{text, marked}]>: where the words were found, and in what part of a note

   marked(text, words) → [{text, marked}]: the words in a text of any kind, such as a title.

   Nothing here is HTML: whoever shows it makes text nodes, or escapes. */
export async function open(bundle) {
  throw new Error(`no words in ${bundle} yet`);
}

export function marked(text, words) {
  return words.length ? [{ text, marked: false }] : [];
}
