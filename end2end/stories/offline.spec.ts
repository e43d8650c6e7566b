import type { Desk } from '../pages/desk.ts'
import type { Shopper } from '../pages/shopper.ts'
import { agent } from '../support/members.ts'
import { expect, test } from '../support/stories.ts'

const QUESTION = '盖碗是几人用的'
const FIRST = '亲，一两位喝正好。'
const SECOND = '也有大一号的三人款。'

/** The desk stands in the shopper's conversation and could start without a network. */
async function inConversation(desk: Desk, shopper: Shopper): Promise<void> {
  await desk.startWith(agent, shopper, QUESTION)
  await desk.readyForOffline()
}

test('the network is cut: the desk starts, finds, writes, and delivers once when it returns', async ({
  desk,
  shopper,
  network,
}) => {
  await inConversation(desk, shopper)
  await network.cut()
  await expect(desk.banner).toBeVisible()

  const conversation = desk.page.url()
  await desk.page.reload()
  await expect(desk.message(QUESTION)).toBeVisible()
  await expect(desk.banner).toBeVisible()

  await desk.open('/desk/answers')
  const found = desk.answerHits.filter({ hasText: '发货' })
  for (const typed of ['发货', 'fahuo', 'fh']) {
    await desk.search('zzzzqqqq')
    await expect(found).toHaveCount(0)
    await desk.search(typed)
    await expect(found.first()).toBeVisible()
  }

  await desk.page.goto(conversation)
  await desk.reply(FIRST)
  await desk.reply(SECOND)
  await expect(desk.delivered('queued')).toHaveText([new RegExp(FIRST), new RegExp(SECOND)])

  await desk.composer.fill('还没写完的一句')
  await desk.page.reload()
  await expect(desk.composer).toHaveValue('还没写完的一句')
  await expect(desk.delivered('queued')).toHaveText([new RegExp(FIRST), new RegExp(SECOND)])
  await expect(shopper.answers).toHaveCount(0)

  await network.restore()
  await expect(desk.delivered('sent')).toHaveText([new RegExp(FIRST), new RegExp(SECOND)])
  await expect(desk.delivered('queued')).toHaveCount(0)
  await expect(desk.banner).toBeHidden()
  await expect(shopper.answers).toHaveText([new RegExp(FIRST), new RegExp(SECOND)])
  await expect(desk.composer).toHaveValue('还没写完的一句')
})

test('a network that swallows everything is told apart from one that works', async ({ desk, shopper, network }) => {
  await inConversation(desk, shopper)
  network.freeze()
  await desk.reply(FIRST)
  await expect(desk.delivered('queued')).toHaveText(new RegExp(FIRST))
  await expect(desk.banner).toBeVisible({ timeout: 60_000 })

  await network.restore()
  await expect(desk.delivered('sent')).toHaveText(new RegExp(FIRST), { timeout: 60_000 })
  await expect(shopper.answers).toHaveText([new RegExp(FIRST)])
})

test('the server is killed between receipt and answer: the reply stands once', async ({
  desk,
  shopper,
  network,
  server,
}) => {
  await inConversation(desk, shopper)
  network.loseAnswers()
  await desk.reply(FIRST)
  await expect(shopper.answers).toHaveText([new RegExp(FIRST)])
  await expect(desk.delivered('queued')).toHaveText(new RegExp(FIRST))

  await server.kill()
  await server.boot()
  await network.restore()
  await expect(desk.delivered('sent')).toHaveText(new RegExp(FIRST), { timeout: 60_000 })
  await desk.reply(SECOND)
  await expect(shopper.answers).toHaveText([new RegExp(FIRST), new RegExp(SECOND)], { timeout: 60_000 })
  await expect(desk.delivered('sent')).toHaveCount(2)
})

test('the server is restarted under open pages: both sides go on by themselves', async ({ desk, shopper, server }) => {
  await inConversation(desk, shopper)
  await server.stop()
  await expect(desk.banner).toBeVisible()
  await desk.reply(FIRST)
  await server.boot()
  await expect(shopper.answers).toHaveText([new RegExp(FIRST)], { timeout: 60_000 })
  await shopper.write('好的谢谢')
  await expect(desk.message('好的谢谢')).toBeVisible({ timeout: 60_000 })
})

test('signed out while replies are queued: they wait for the sign-in and go out once', async ({
  desk,
  shopper,
  network,
}) => {
  await inConversation(desk, shopper)
  const conversation = desk.page.url()
  await network.cut()
  await desk.reply(FIRST)
  await expect(desk.delivered('queued')).toHaveCount(1)

  await desk.page.context().clearCookies()
  await network.restore()
  await expect(desk.signInButton).toBeVisible({ timeout: 60_000 })
  await expect(shopper.answers).toHaveCount(0)

  await desk.signIn(agent)
  await desk.page.goto(conversation)
  await expect(desk.delivered('sent')).toHaveText(new RegExp(FIRST))
  await expect(shopper.answers).toHaveText([new RegExp(FIRST)])
})
