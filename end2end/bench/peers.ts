import type { Page } from '@playwright/test'

export interface Document {
  id: number
  text: string
}

/** What the box of a peer's page measures. */
export const PEER_SPAN = 'peer.search'

export interface Peer {
  name: string
  /** Set up as well as we know how for Chinese text. */
  tuned: boolean
  /** Asked in fewer rounds: a third of a second per key adds up. */
  slow: boolean
  /** Builds its index in the page and puts a search box there; the milliseconds that building took. */
  open(page: Page, at: string, documents: Document[], limit: number): Promise<number>
}

interface Setup {
  name: string
  tuned: boolean
  /** Where its module lies. */
  module: string
  /** Whether it is a script that leaves a global behind instead of a module. */
  global?: string
  /** JavaScript: `(library, documents, limit) => (query) => ids of the best documents, the best first`. */
  make: string
  slow?: boolean
}

const BIGRAMS = `(text) => {
  const letters = [...text.toLowerCase().replace(/[^\\p{L}\\p{N}]+/gu, '')]
  return letters.length < 2 ? letters : letters.slice(1).map((letter, place) => letters[place] + letter)
}`

const SETUPS: Setup[] = [
  {
    name: 'MiniSearch, as it comes',
    tuned: false,
    module: 'minisearch/dist/es/index.js',
    make: `({ default: MiniSearch }, documents, limit) => {
      const index = new MiniSearch({ fields: ['text'] })
      index.addAll(documents)
      return (query) => index.search(query, { prefix: true }).slice(0, limit).map(({ id }) => id)
    }`,
  },
  {
    name: 'MiniSearch, pairs of characters, all of them',
    tuned: true,
    module: 'minisearch/dist/es/index.js',
    make: `({ default: MiniSearch }, documents, limit) => {
      const index = new MiniSearch({ fields: ['text'], tokenize: ${BIGRAMS} })
      index.addAll(documents)
      return (query) => index.search(query, { combineWith: 'AND', prefix: [...query].length < 2 }).slice(0, limit).map(({ id }) => id)
    }`,
  },
  {
    name: 'FlexSearch, as it comes',
    tuned: false,
    module: 'flexsearch/dist/flexsearch.bundle.module.min.mjs',
    make: `({ default: FlexSearch }, documents, limit) => {
      const index = new FlexSearch.Index()
      for (const { id, text } of documents) index.add(id, text)
      return (query) => index.search(query, { limit })
    }`,
  },
  {
    name: 'FlexSearch, Charset.CJK',
    tuned: true,
    module: 'flexsearch/dist/flexsearch.bundle.module.min.mjs',
    make: `({ default: FlexSearch }, documents, limit) => {
      const index = new FlexSearch.Index({ encoder: FlexSearch.Charset.CJK, tokenize: 'forward' })
      for (const { id, text } of documents) index.add(id, text)
      return (query) => index.search(query, { limit })
    }`,
  },
  {
    name: 'Fuse, ignoreLocation',
    tuned: true,
    module: 'fuse.js/dist/fuse.mjs',
    slow: true,
    make: `({ default: Fuse }, documents, limit) => {
      const index = new Fuse(documents, { keys: ['text'], ignoreLocation: true, threshold: 0.3 })
      return (query) => index.search(query, { limit }).map(({ item }) => item.id)
    }`,
  },
  {
    name: 'uFuzzy, unicode',
    tuned: true,
    module: '@leeoniya/ufuzzy/dist/uFuzzy.mjs',
    make: `({ default: UFuzzy }, documents, limit) => {
      const fuzzy = new UFuzzy({ unicode: true, interSplit: "[^\\\\p{L}\\\\d']+", intraSplit: '\\\\p{Ll}\\\\p{Lu}', intraBound: '\\\\p{L}\\\\d|\\\\d\\\\p{L}|\\\\p{Ll}\\\\p{Lu}', intraChars: "[\\\\p{L}\\\\d']", intraContr: "'\\\\p{L}{1,2}\\\\b" })
      const texts = documents.map(({ text }) => text)
      return (query) => (fuzzy.filter(texts, query) ?? []).slice(0, limit)
    }`,
  },
  {
    name: 'pinyin-match, every article looked through',
    tuned: true,
    module: 'pinyin-match/dist/main.js',
    global: 'PinyinMatch',
    slow: true,
    make: `(PinyinMatch, documents, limit) => (query) => {
      const found = []
      for (const { id, text } of documents) if (PinyinMatch.match(text, query)) found.push(id)
      return found.slice(0, limit)
    }`,
  },
  {
    name: 'pinyin-pro, every article looked through',
    tuned: true,
    module: 'pinyin-pro/dist/index.mjs',
    slow: true,
    make: `({ match }, documents, limit) => (query) => {
      const found = []
      for (const { id, text } of documents) if (match(text, query, { continuous: true })) found.push(id)
      return found.slice(0, limit)
    }`,
  },
]

interface Given {
  at: string
  setup: Setup
  documents: Document[]
  limit: number
  span: string
}

/** Runs in the page: builds the index, and a box that searches at every key and shows what it finds, as the desk does. */
async function openBox({ at, setup, documents, limit, span }: Given): Promise<number> {
  const library: unknown =
    setup.global === undefined
      ? await import(/* @vite-ignore */ `${at}${setup.module}`)
      : (window as unknown as Record<string, unknown>)[setup.global]
  const make = (0, eval)(setup.make) as (library: unknown, documents: Document[], limit: number) => (query: string) => number[]
  const began = performance.now()
  const search = make(library, documents, limit)
  const buildMs = performance.now() - began
  const input = document.createElement('input')
  const list = document.createElement('ol')
  document.body.replaceChildren(input, list)
  input.addEventListener('input', () => {
    const start = performance.now()
    const found = input.value === '' ? [] : search(input.value)
    const end = performance.now()
    if (input.value !== '') performance.measure(span, { start, end })
    const shown = found.map((id) => {
      const item = document.createElement('li')
      item.textContent = documents[id]!.text
      return item
    })
    list.replaceChildren(...shown)
  })
  return buildMs
}

/** The searches that a shop's desk could be built on, each in its best dress and some as they come. */
export const peers: Peer[] = SETUPS.map((setup) => ({
  name: setup.name,
  tuned: setup.tuned,
  slow: setup.slow ?? false,
  async open(page, at, documents, limit) {
    if (setup.global !== undefined) await page.addScriptTag({ url: `${at}${setup.module}` })
    return page.evaluate(openBox, { at, setup, documents, limit, span: PEER_SPAN })
  },
}))
