import { Desk } from '../pages/desk.ts'
import { agent, colleague, supervisor } from '../support/members.ts'
import { expect, test } from '../support/stories.ts'
import { told } from '../support/terse.ts'

const QUESTION = '发票抬头写错了能改吗'

test('a chat is handed over with a note, also from a train, and the note goes with the answer', async ({
  desk,
  shopper,
  network,
  server,
  anotherPage,
}) => {
  const other = new Desk(await anotherPage(), server.origin)
  await desk.start(agent)
  await other.start(colleague)
  await shopper.ask(QUESTION)
  await desk.openConversation(QUESTION)
  await desk.page.getByRole('button', { name: '接手' }).click()
  await expect(other.row(QUESTION)).toContainText('1001')

  await network.cut()
  await desk.page.getByTestId('transfer').click()
  await desk.page.getByTestId('transfer-send').click()
  await expect(desk.page.getByRole('dialog')).toContainText('先选一位同事')
  await desk.page.getByTestId('colleague').filter({ hasText: '陆遥' }).click()
  await desk.page.getByTestId('transfer-note').fill('税号顾客稍后发来')
  await desk.page.getByTestId('transfer-send').click()
  await expect(desk.page.getByRole('dialog')).toHaveCount(0)
  await expect(desk.page.getByTestId('handover')).toContainText('陆遥')

  await network.restore()
  await expect(other.row(QUESTION).getByTestId('handed')).toBeVisible()
  await other.openConversation(QUESTION)
  await expect(other.page.getByTestId('handover')).toContainText('方晓')
  await expect(other.page.getByTestId('handover')).toContainText('税号顾客稍后发来')
  await other.reply('亲，可以改，请发一下税号。')
  await expect(shopper.answers).toHaveText([/可以改/])
  await expect(other.page.getByTestId('handover')).toHaveCount(0)
  await expect(desk.page.getByTestId('handover')).toHaveCount(0)
})

test("in a colleague's chat sending asks first, and looking away loses nothing", async ({
  desk,
  shopper,
  server,
  anotherPage,
}) => {
  const other = new Desk(await anotherPage(), server.origin)
  await desk.start(agent)
  await other.startWith(colleague, shopper, QUESTION)
  await other.page.getByRole('button', { name: '接手' }).click()
  await expect(desk.row(QUESTION)).toContainText('1002')

  await desk.openConversation(QUESTION)
  const asked = desk.page.getByTestId('owned')
  await desk.composer.fill('稍等，我看看')
  await desk.pressSend()
  await expect(asked).toContainText('陆遥 正在接待')
  await asked.getByRole('button', { name: '继续编辑' }).click()
  await expect(asked).toHaveCount(0)
  await expect(desk.composer).toHaveValue('稍等，我看看')

  await desk.pressSend()
  await desk.page.reload()
  await expect(desk.composer).toHaveValue('稍等，我看看')
  await expect(shopper.answers).toHaveCount(0)
  await desk.pressSend()
  await asked.getByRole('button', { name: '不接手' }).click()
  await expect(shopper.answers).toHaveText([/稍等/])
  await expect(desk.heldBy).toContainText('1002')

  await desk.composer.fill('可以改的')
  await desk.pressSend()
  await asked.getByRole('button', { name: '接手并发送' }).click()
  await expect(shopper.answers).toHaveText([/稍等/, /可以改的/])
  await expect(desk.heldBy).toContainText('我')
  await expect(other.page.getByTestId('held-by')).toHaveText(/1001/)
})

test('a shopper who comes back meets the agent who knows them', async ({ desk, shopper, server, anotherPage }) => {
  const other = new Desk(await anotherPage(), server.origin)
  await desk.start(agent)
  await other.startWith(colleague, shopper, QUESTION)
  await other.reply('可以的。')
  await expect(other.delivered('sent')).toHaveCount(1)
  await other.page.getByRole('button', { name: '结束' }).click()
  await expect(desk.rows).toHaveCount(0)

  await shopper.write('还想问一下')
  await expect(other.row('还想问一下')).toContainText('我')
  await expect(desk.row('还想问一下')).toContainText('1002')
})

test('an open chat says who else looks at it and who types, and nothing that is old', async ({
  desk,
  shopper,
  network,
  server,
  anotherPage,
}) => {
  const other = new Desk(await anotherPage(), server.origin)
  await desk.start(agent)
  await other.start(colleague)
  await shopper.ask(QUESTION)
  await desk.openConversation(QUESTION)
  await expect(desk.presence).toHaveText('')
  const before = await desk.head.boundingBox()

  await other.openConversation(QUESTION)
  await expect(desk.presence).toHaveText('陆遥也在看')
  await expect(other.presence).toHaveText('方晓也在看')
  expect(await desk.head.boundingBox(), 'nothing moves').toEqual(before)
  await other.composer.pressSequentially('我来')
  await expect(desk.presence).toHaveText('陆遥正在输入…')
  await other.composer.fill('')
  await expect(desk.presence).toHaveText('陆遥也在看')

  await network.cut()
  await expect(desk.presence).toHaveText('')
  await network.restore()
  await expect(desk.presence).toHaveText('陆遥也在看')
  await other.page.goto('about:blank')
  await expect(desk.presence).toHaveText('')
})

test('a chat is not told of where it is only in the list, or on a page that nobody sees', async ({
  desk,
  shopper,
  server,
  anotherPage,
}) => {
  const other = new Desk(await anotherPage(), server.origin)
  await desk.start(agent)
  await other.start(colleague)
  await shopper.ask(QUESTION)
  await expect(other.row(QUESTION)).toBeVisible()
  const answered = desk.page.waitForResponse((response) => response.url().endsWith('/sync/presence'))
  await desk.openConversation(QUESTION)
  expect(await told(await answered)).toHaveProperty('present.length', 1)

  await other.openConversation(QUESTION)
  await expect(desk.presence).toHaveText('陆遥也在看')
  await other.page.evaluate(() => {
    Object.defineProperty(document, 'hidden', { configurable: true, value: true })
    document.dispatchEvent(new Event('visibilitychange'))
  })
  await expect(desk.presence).toHaveText('')
  await other.page.evaluate(() => {
    Object.defineProperty(document, 'hidden', { configurable: true, value: false })
    document.dispatchEvent(new Event('visibilitychange'))
  })
  await expect(desk.presence).toHaveText('陆遥也在看')
})

test('whoever is on duty stands first among those who can take a chat', async ({
  desk,
  shopper,
  network,
  server,
  anotherPage,
}) => {
  const other = new Desk(await anotherPage(), server.origin)
  await desk.start(agent)
  await other.start(supervisor)
  await shopper.ask(QUESTION)
  await expect(other.row(QUESTION)).toBeVisible()
  await desk.openConversation(QUESTION)
  await desk.page.getByRole('button', { name: '接手' }).click()

  const colleagues = desk.page.getByTestId('colleague')
  const open = (): Promise<void> => desk.page.getByTestId('transfer').click()
  const close = (): Promise<void> => desk.page.keyboard.press('Escape')
  await open()
  await expect(colleagues.filter({ hasText: '秦岚' }).getByTestId('on-duty')).toBeVisible()
  await close()
  await open()
  await expect(colleagues).toHaveText([/秦岚/, /陆遥/])
  await close()

  await network.cut()
  await expect(desk.banner).toBeVisible()
  await open()
  await expect(colleagues).toHaveText([/陆遥/, /秦岚/])
  await expect(desk.page.getByTestId('on-duty')).toHaveCount(0)
})
