// Response times as a person computes them from the messages, written without looking at the product's own code.

import type { Message, Micros } from './api.ts'

export interface RoundByHand {
  readonly question: string
  readonly askedAt: Micros
  readonly first: boolean
  readonly by: string | null
  readonly waitedMicros: number | null
}

export type Figure = {
  readonly answered: number
  readonly median_ms: number | null
  readonly p90_ms: number | null
  readonly within_15s: number
  readonly within_20s: number
}

/** Each time that a shopper began to wait, and until when. */
export function roundsByHand(messages: readonly Message[]): RoundByHand[] {
  const conversations = new Set(messages.map(({ conversation }) => conversation))
  return [...conversations].flatMap((id) => roundsOfOne(messages.filter(({ conversation }) => conversation === id)))
}

function roundsOfOne(messages: readonly Message[]): RoundByHand[] {
  const inOrder = [...messages].sort((a, b) => a.position - b.position)
  const rounds: RoundByHand[] = []
  let open: Message | undefined
  for (const message of inOrder) {
    if (message.author.by === 'shopper') open ??= message
    if (message.author.by === 'member' && open !== undefined) {
      rounds.push(round(open, message, rounds.length === 0))
      open = undefined
    }
  }
  return open === undefined ? rounds : [...rounds, round(open, undefined, rounds.length === 0)]
}

function round(question: Message, answer: Message | undefined, first: boolean): RoundByHand {
  return {
    question: question.text,
    askedAt: question.at,
    first,
    by: answer?.author.id ?? null,
    waitedMicros: answer === undefined ? null : answer.at - question.at,
  }
}

/** What a spreadsheet says of these rounds. */
export function figureByHand(rounds: readonly RoundByHand[]): Figure {
  const waits = rounds.map(({ waitedMicros }) => waitedMicros).filter((wait) => wait !== null).sort((a, b) => a - b)
  return {
    answered: waits.length,
    median_ms: percentile(waits, 0.5),
    p90_ms: percentile(waits, 0.9),
    within_15s: waits.filter((wait) => wait <= 15_000_000).length,
    within_20s: waits.filter((wait) => wait <= 20_000_000).length,
  }
}

/** A spreadsheet's PERCENTILE, in whole milliseconds. */
function percentile(sorted: readonly number[], share: number): number | null {
  if (sorted.length === 0) return null
  const place = (sorted.length - 1) * share
  const below = sorted[Math.floor(place)]!
  const above = sorted[Math.ceil(place)]!
  return Math.round((below + (above - below) * (place - Math.floor(place))) / 1_000)
}
