import type { Locator } from '@playwright/test'

import { Desk } from '../pages/desk.ts'
import { QuickReplies, shownPictures } from '../pages/quick-replies.ts'
import { agent, supervisor } from '../support/members.ts'
import { expect, test } from '../support/stories.ts'

const QUESTION = '这条裤子我该穿多大'
const ANSWER = '亲，尺码表在图里，按平时的码选就好。'

/** The browser has opened the picture, and it is not empty. */
async function isOpened(picture: Locator): Promise<boolean> {
  return picture.evaluate((image: HTMLImageElement) => image.complete && image.naturalWidth > 0)
}

test('a quick reply with a picture, made offline for the team, is used by a colleague and seen by the shopper', async ({
  desk,
  network,
  server,
  shopper,
  anotherPage,
}) => {
  const replies = new QuickReplies(desk.page, desk.origin)
  await desk.start(supervisor)
  await desk.readyForOffline()
  const picture = await desk.page.screenshot()

  await network.cut()
  await replies.write({ shortcut: 'chima', text: ANSWER, category: '尺码', picture, keeper: '本组' })
  await replies.open()
  await expect(replies.row('chima')).toContainText('本组')
  await expect(shownPictures(replies.row('chima'))).toHaveCount(1)
  await network.restore()

  await shopper.ask(QUESTION)
  const colleague = new Desk(await anotherPage(), server.origin)
  await colleague.start(agent)
  await colleague.openConversation(QUESTION)
  const taken = colleague.page.locator('.entry, .chip').filter({ hasText: ANSWER }).first()
  await expect(taken).toBeVisible({ timeout: 60_000 })
  await taken.click()
  await expect(colleague.page.getByTestId('attachment')).toBeVisible()
  await colleague.send()

  const sent = colleague.delivered('sent')
  await expect(sent).toContainText(ANSWER)
  await expect(shownPictures(sent)).toHaveCount(1)
  await expect(colleague.page.getByTestId('attachment')).toHaveCount(0)
  const seen = shopper.answers.filter({ hasText: ANSWER }).locator('img')
  await expect(seen).toHaveCount(1)
  await expect.poll(() => isOpened(seen)).toBe(true)
})

test('a picture without words is attached offline, outlives a reload, and goes out once', async ({
  desk,
  network,
  shopper,
}) => {
  await desk.startWith(agent, shopper, QUESTION)
  await desk.readyForOffline()
  const picture = await desk.page.screenshot()

  await network.cut()
  const attached = desk.page.getByTestId('attachment')
  const files = [{ name: 'photo.png', mimeType: 'image/png', buffer: picture }]
  await desk.page.getByTestId('picture-file').setInputFiles(files)
  await expect(shownPictures(attached)).toHaveCount(1)
  await desk.page.reload()
  await expect(shownPictures(attached)).toHaveCount(1)
  await desk.sendButton.click()
  await expect(attached).toHaveCount(0)
  await expect(shownPictures(desk.delivered('queued'))).toHaveCount(1)

  await network.restore()
  await expect(shownPictures(desk.delivered('sent'))).toHaveCount(1)
  await expect(shopper.answers.locator('img')).toHaveCount(1)
  await expect.poll(() => isOpened(shopper.answers.locator('img'))).toBe(true)
})

test('what is no picture is refused in words, and nothing is attached', async ({ desk, shopper }) => {
  await desk.startWith(agent, shopper, QUESTION)
  const files = [{ name: 'page.png', mimeType: 'image/png', buffer: Buffer.from('<svg onload="alert(1)"/>') }]
  await desk.page.getByTestId('picture-file').setInputFiles(files)
  await expect(desk.page.locator('.composer .fault')).toContainText(['这不是能显示的图片'])
  await expect(desk.page.getByTestId('attachment')).toHaveCount(0)
})
