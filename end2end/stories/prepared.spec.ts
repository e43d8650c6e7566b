import path from 'node:path'

import { writeArticles } from '../bench/articles.ts'
import { agent } from '../support/members.ts'
import { expect, test } from '../support/stories.ts'

/** From so many articles on their rows are prepared too. */
const ARTICLES = 600

interface Read {
  database: string
  values: (Uint8Array | undefined)[]
}

declare global {
  interface Window {
    earlyRead?: Promise<Read>
  }
}

test('a start is given what an earlier one prepared', async ({
  desk,
  page,
  server,
}) => {
  const file = path.join(server.data, 'articles.jsonl')
  await writeArticles(file, ARTICLES)
  await server.command('import', 'articles', file)
  // What the boot script reads is taken by the desk; here it is looked at on its way.
  await page.addInitScript(() => {
    let read: Promise<Read> | undefined
    Object.defineProperty(window, 'qindaPrepared', {
      get: () => read,
      set: (value: Promise<Read> | undefined) => {
        read = value
        window.earlyRead ??= value
      },
    })
  })
  const sizes = (): Promise<number[] | undefined> =>
    page.evaluate(async () => (await window.earlyRead)?.values.map((value) => value?.length ?? 0))

  await desk.open('/desk/answers')
  await expect(desk.signInButton).toBeVisible()
  expect(await sizes()).toBeUndefined()
  await desk.signIn(agent)
  await desk.search('男款护膝')
  await expect(desk.answerHits.first()).toContainText('护膝')

  await expect(async () => {
    await desk.open('/desk/answers')
    const [index, rows] = (await sizes()) ?? []
    expect(index).toBeGreaterThan(10_000)
    expect(rows).toBeGreaterThan(10_000)
  }).toPass({ timeout: 60_000, intervals: [3_000] })
  await desk.search('男款护膝')
  await expect(desk.answerHits.first()).toContainText('护膝')
})
