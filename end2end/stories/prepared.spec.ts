import path from 'node:path'

import { writeArticles } from '../bench/articles.ts'
import { agent } from '../support/members.ts'
import { expect, test } from '../support/stories.ts'

/** From so many articles on their rows are prepared too. */
const ARTICLES = 600

interface Early {
  prepared: Promise<{ index?: Uint8Array; rows?: Uint8Array } | undefined>
  kept: Promise<{ rows: Uint8Array } | undefined>
}

declare global {
  interface Window {
    earlyRead?: Early
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
    let read: Early | undefined
    Object.defineProperty(window, 'qindaEarly', {
      get: () => read,
      set: (value: Early | undefined) => {
        read = value
        window.earlyRead ??= value
      },
    })
  })
  const sizes = (): Promise<number[] | undefined> =>
    page.evaluate(async () => {
      const [prepared, kept] = await Promise.all([window.earlyRead?.prepared, window.earlyRead?.kept])
      return prepared && [prepared.index, prepared.rows, kept?.rows].map((bytes) => bytes?.length ?? 0)
    })

  await desk.open('/desk/answers')
  await expect(desk.signInButton).toBeVisible()
  expect(await sizes()).toBeUndefined()
  await desk.signIn(agent)
  await desk.search('男款护膝')
  await expect(desk.answerHits.first()).toContainText('护膝')

  await expect(async () => {
    await desk.open('/desk/answers')
    const [index, rows, kept] = (await sizes()) ?? []
    expect(index).toBeGreaterThan(10_000)
    expect(rows).toBeGreaterThan(10_000)
    expect(kept).toBeGreaterThan(0)
  }).toPass({ timeout: 60_000, intervals: [3_000] })
  await desk.search('男款护膝')
  await expect(desk.answerHits.first()).toContainText('护膝')
})
