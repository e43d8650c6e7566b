import type { Page } from '@playwright/test'

import type { Asked } from './search-peers.bench.ts'

export interface Document {
  id: number
  text: string
}

export interface Timed {
  buildMs: number
  kinds: Record<string, { times: number[]; right: number } | undefined>
}

export interface Peer {
  name: string
  /** Set up as well as we know how for Chinese text. */
  tuned: boolean
  run(page: Page, at: string, documents: Document[], kinds: Record<string, Asked[]>, rounds: number, limit: number): Promise<Timed>
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
  /** Kinds of queries that are asked in fewer rounds: a third of a second per key adds up. */
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
  kinds: Record<string, Asked[]>
  rounds: number
  limit: number
}

/** Runs in the page: builds the index and asks letter by letter, as somebody types. */
async function measure({ at, setup, documents, kinds, rounds, limit }: Given): Promise<Timed> {
  const library: unknown =
    setup.global === undefined
      ? await import(/* @vite-ignore */ `${at}${setup.module}`)
      : (window as unknown as Record<string, unknown>)[setup.global]
  const make = (0, eval)(setup.make) as (library: unknown, documents: Document[], limit: number) => (query: string) => number[]
  const began = performance.now()
  const search = make(library, documents, limit)
  const buildMs = performance.now() - began
  const timed: Timed = { buildMs, kinds: {} }
  for (const [kind, asked] of Object.entries(kinds)) {
    const times: number[] = []
    let right = 0
    for (let round = 0; round < rounds; round += 1) {
      for (const { typed, means } of asked) {
        const letters = [...typed]
        let found: number[] = []
        for (let length = 1; length <= letters.length; length += 1) {
          const query = letters.slice(0, length).join('')
          const from = performance.now()
          found = search(query)
          times.push(performance.now() - from)
        }
        const first = documents[found[0] ?? -1]?.text ?? ''
        if (means.every((word) => first.includes(word))) right += 1
      }
    }
    timed.kinds[kind] = { times, right: right / (rounds * asked.length) }
  }
  return timed
}

/** The searches that a shop's desk could be built on, each in its best dress and some as they come. */
export const peers: Peer[] = SETUPS.map((setup) => ({
  name: setup.name,
  tuned: setup.tuned,
  async run(page, at, documents, kinds, rounds, limit) {
    if (setup.global !== undefined) await page.addScriptTag({ url: `${at}${setup.module}` })
    return page.evaluate(measure, { at, setup, documents, kinds, rounds: setup.slow ? 1 : rounds, limit })
  },
}))
