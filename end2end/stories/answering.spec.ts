import { agent } from '../support/members.ts'
import { expect, test } from '../support/stories.ts'

const QUESTION = '请问今天下单什么时候发货呀'
const GREETING_LIMIT_SECONDS = 15

test('a shopper asks, an agent answers with a suggestion, and neither loses anything by reloading', async ({
  desk,
  shopper,
}) => {
  await desk.start(agent)
  await shopper.ask(QUESTION)
  await expect(desk.clock(QUESTION)).toHaveAttribute('data-state', 'calm')

  await desk.openConversation(QUESTION)
  const suggestion = desk.suggestions.filter({ hasText: /发货|发出/ }).first()
  await suggestion.click()
  await expect(desk.composer).not.toHaveValue('')
  const answer = await desk.composer.inputValue()
  await desk.send()

  const [firstLine] = answer.split('\n')
  await expect(desk.delivered('sent')).toHaveCount(1)
  await expect(shopper.answers).toHaveCount(1)
  await expect(shopper.answers).toContainText(firstLine!)

  await shopper.page.reload()
  await desk.page.reload()
  await expect(shopper.message(QUESTION)).toHaveCount(1)
  await expect(shopper.answers).toContainText(firstLine!)
  await expect(desk.message(QUESTION)).toHaveCount(1)
  await expect(desk.delivered('sent')).toContainText(firstLine!)
})

test('the clock of a first question turns at fifteen seconds, not before', async ({ desk, shopper }) => {
  await desk.start(agent)
  await shopper.open()
  const asked = Date.now()
  await shopper.write(QUESTION)

  const clock = desk.clock(QUESTION)
  await expect(clock).toHaveAttribute('data-state', 'calm')
  await expect(clock).toHaveAttribute('data-state', 'overdue', { timeout: 2 * GREETING_LIMIT_SECONDS * 1_000 })
  expect(Date.now() - asked).toBeGreaterThanOrEqual(GREETING_LIMIT_SECONDS * 1_000)

  await desk.openConversation(QUESTION)
  await desk.reply('您好，今天下单今天发。')
  await expect(desk.delivered('sent')).toHaveCount(1)
  await expect(desk.page.locator('[data-testid=clock][data-state=overdue]:visible')).toHaveCount(0)
})

test('a shopper without script writes and reads all the same', async ({ browser, server, desk }) => {
  const context = await browser.newContext({ javaScriptEnabled: false })
  const page = await context.newPage()
  await page.goto(`${server.origin}/c/demo`)
  await page.locator('textarea[name=text]').fill(QUESTION)
  await page.locator('#write button[type=submit]').click()
  await expect(page.locator('#messages')).toContainText(QUESTION)

  await desk.start(agent)
  await desk.openConversation(QUESTION)
  await desk.reply('下午五点前下单，今天发。')
  await expect(desk.delivered('sent')).toHaveCount(1)
  await page.reload()
  await expect(page.locator('#messages')).toContainText('下午五点前下单，今天发。')
  await context.close()
})
