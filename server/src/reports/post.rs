//! Posting a message to an address that somebody typed in: within a time, never further than its address says, and only to
//! where the operator lets it.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use axum::body::Body;
use axum::http::header::{CONTENT_TYPE, HOST, USER_AGENT};
use axum::http::{HeaderName, Method, Request, Uri};
use hyper::client::conn::http1;
use hyper_util::rt::TokioIo;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::rustls::pki_types::ServerName;
use tokio_rustls::rustls::{ClientConfig, RootCertStore};

/// How long a message may take, from the name of the host to the answer, in seconds.
pub const POST_SECONDS_MAX: u64 = 10;
/// The most that is read of an answer, in bytes.
const ANSWER_BYTES_MAX: usize = 16 * 1024;
/// The longest address, in bytes.
pub const ADDRESS_BYTES_MAX: usize = 2_000;

/// Where messages may go.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Reach {
    /// To addresses of the public internet alone.
    #[default]
    Public,
    /// To this machine and the networks around it too.
    Anywhere,
}

/// Why a message did not arrive, or is not known to have.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PostFault {
    /// The address is not one of http or https.
    #[error("address")]
    Address,
    /// It is an address of a private network, where the operator lets nothing go.
    #[error("private")]
    Private,
    /// Nobody answers there.
    #[error("unreachable")]
    Unreachable,
    /// Who answers is not who the address names, or speaks no TLS that we do.
    #[error("tls")]
    Tls,
    /// It took too long.
    #[error("slow")]
    Slow,
}

/// What was answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answered {
    /// The status.
    pub status: u16,
    /// The body, as far as it is read.
    pub body: Vec<u8>,
}

/// Posts messages.
#[derive(Clone)]
pub struct Poster {
    tls: TlsConnector,
    reach: Reach,
}

impl Poster {
    /// One that posts where it may. Hosts are believed by the roots that browsers believe, which are built in: a small
    /// machine may have none.
    #[must_use]
    pub fn new(reach: Reach) -> Self {
        Self::by(believing(RootCertStore { roots: webpki_roots::TLS_SERVER_ROOTS.to_vec() }), reach)
    }

    fn by(config: ClientConfig, reach: Reach) -> Self {
        Self { tls: TlsConnector::from(Arc::new(config)), reach }
    }

    /// Posts JSON. A redirect is an answer like any other: nothing is posted to where it leads.
    ///
    /// # Errors
    /// When nothing was answered.
    pub async fn post(
        &self,
        address: &str,
        headers: &[(HeaderName, String)],
        body: Vec<u8>,
    ) -> Result<Answered, PostFault> {
        let target = Target::read(address)?;
        let posted = self.post_to(&target, headers, body);
        tokio::time::timeout(Duration::from_secs(POST_SECONDS_MAX), posted).await.map_err(|_| PostFault::Slow)?
    }

    async fn post_to(
        &self,
        target: &Target,
        headers: &[(HeaderName, String)],
        body: Vec<u8>,
    ) -> Result<Answered, PostFault> {
        let stream = self.connect(target).await?;
        let request = target.request(headers, body)?;
        if !target.is_secure {
            return exchange(stream, request).await;
        }
        let name = ServerName::try_from(target.host.clone()).map_err(|_| PostFault::Address)?;
        let stream = self.tls.connect(name, stream).await.map_err(|_| PostFault::Tls)?;
        exchange(stream, request).await
    }

    /// Connects to an address that was looked at: what a name means is asked once, so it cannot mean something else later.
    async fn connect(&self, target: &Target) -> Result<TcpStream, PostFault> {
        let found = tokio::net::lookup_host((target.host.as_str(), target.port)).await;
        let found: Vec<SocketAddr> = found.map_err(|_| PostFault::Unreachable)?.collect();
        let allowed = |address: &&SocketAddr| self.reach == Reach::Anywhere || is_public(address.ip());
        let mut fault = if found.is_empty() { PostFault::Unreachable } else { PostFault::Private };
        for address in found.iter().filter(allowed) {
            match TcpStream::connect(address).await {
                Ok(stream) => return Ok(stream),
                Err(_) => fault = PostFault::Unreachable,
            }
        }
        Err(fault)
    }
}

fn believing(roots: RootCertStore) -> ClientConfig {
    let provider = Arc::new(tokio_rustls::rustls::crypto::ring::default_provider());
    let versions = ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions();
    versions.expect("the built-in ciphers serve every version").with_root_certificates(roots).with_no_client_auth()
}

async fn exchange<S>(stream: S, request: Request<Body>) -> Result<Answered, PostFault>
where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let (mut sender, connection) = http1::handshake(TokioIo::new(stream)).await.map_err(|_| PostFault::Unreachable)?;
    let answered = async {
        let response = sender.send_request(request).await.map_err(|_| PostFault::Unreachable)?;
        let status = response.status().as_u16();
        let body = axum::body::to_bytes(Body::new(response.into_body()), ANSWER_BYTES_MAX).await;
        // A status counts also when what follows is too long or breaks off.
        Ok(Answered { status, body: body.map(|bytes| bytes.to_vec()).unwrap_or_default() })
    };
    tokio::pin!(connection);
    tokio::pin!(answered);
    let mut is_open = true;
    loop {
        tokio::select! {
            answered = &mut answered => return answered,
            _ = &mut connection, if is_open => is_open = false,
        }
    }
}

/// An address, taken apart.
struct Target {
    is_secure: bool,
    host: String,
    port: u16,
    /// As the host is to be told.
    authority: String,
    path: String,
}

impl Target {
    fn read(address: &str) -> Result<Self, PostFault> {
        let uri: Uri = address.parse().map_err(|_| PostFault::Address)?;
        let is_secure = match uri.scheme_str() {
            Some("https") => true,
            Some("http") => false,
            _ => return Err(PostFault::Address),
        };
        let authority = uri.authority().ok_or(PostFault::Address)?;
        if address.len() > ADDRESS_BYTES_MAX || authority.as_str().contains('@') || authority.host().is_empty() {
            return Err(PostFault::Address);
        }
        Ok(Self {
            is_secure,
            host: authority.host().trim_start_matches('[').trim_end_matches(']').to_owned(),
            port: authority.port_u16().unwrap_or(if is_secure { 443 } else { 80 }),
            authority: authority.as_str().to_owned(),
            path: uri.path_and_query().map_or("/", |path| path.as_str()).to_owned(),
        })
    }

    fn request(&self, headers: &[(HeaderName, String)], body: Vec<u8>) -> Result<Request<Body>, PostFault> {
        let mut request = Request::builder()
            .method(Method::POST)
            .uri(&self.path)
            .header(HOST, &self.authority)
            .header(USER_AGENT, concat!("qinda/", env!("CARGO_PKG_VERSION")))
            .header(CONTENT_TYPE, "application/json; charset=utf-8");
        for (name, value) in headers {
            request = request.header(name, value);
        }
        request.body(Body::from(body)).map_err(|_| PostFault::Address)
    }
}

/// Whether a message can be posted to an address at all.
///
/// # Errors
/// When it cannot.
pub fn check_address(address: &str) -> Result<(), PostFault> {
    Target::read(address).map(drop)
}

/// Whether an address is one of the public internet.
fn is_public(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => is_public_v4(address),
        IpAddr::V6(address) => is_public_v6(address),
    }
}

fn is_public_v4(address: Ipv4Addr) -> bool {
    let [a, b, c, _] = address.octets();
    let is_reserved = matches!((a, b, c), (0, ..) | (240.., ..) | (100, 64..=127, _) | (192, 0, 0) | (198, 18..=19, _));
    !(is_reserved
        || address.is_private()
        || address.is_loopback()
        || address.is_link_local()
        || address.is_multicast()
        || address.is_documentation())
}

fn is_public_v6(address: Ipv6Addr) -> bool {
    let [first, second, .., seventh, eighth] = address.segments();
    let within = |high: u16, low: u16| {
        let [a, b] = high.to_be_bytes();
        let [c, d] = low.to_be_bytes();
        is_public_v4(Ipv4Addr::new(a, b, c, d))
    };
    if let Some(mapped) = address.to_ipv4_mapped() {
        return is_public_v4(mapped);
    }
    match (first, second) {
        // Addresses of the old kind inside of new ones.
        (0x0064, 0xff9b) => within(seventh, eighth),
        (0x2002, second) => within(second, address.segments()[2]),
        (0x2001, 0x0000 | 0x0db8) => false,
        // Only this eighth is given out.
        (first, _) => first & 0xe000 == 0x2000,
    }
}

#[cfg(test)]
mod tests {
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
    use tokio_rustls::TlsAcceptor;
    use tokio_rustls::rustls::ServerConfig;
    use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer, UnixTime};
    use tokio_rustls::rustls::time_provider::TimeProvider;

    use super::*;

    /// The certificate of 127.0.0.1, for this test alone, and its key.
    const HOST: &[u8] = include_bytes!("../../tests/tls/host.der");
    const HOST_KEY: &[u8] = include_bytes!("../../tests/tls/host.key.der");

    /// It is the first of January 2030.
    #[derive(Debug)]
    struct In2030;

    impl TimeProvider for In2030 {
        fn current_time(&self) -> Option<UnixTime> {
            Some(UnixTime::since_unix_epoch(Duration::from_secs(1_893_456_000)))
        }
    }

    /// Answers 204 to whoever believes its certificate; the port it answers at.
    async fn secure_host() -> u16 {
        let provider = Arc::new(tokio_rustls::rustls::crypto::ring::default_provider());
        let key = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(HOST_KEY));
        let config = ServerConfig::builder_with_provider(provider).with_safe_default_protocol_versions().unwrap();
        let config = config.with_no_client_auth().with_single_cert(vec![CertificateDer::from(HOST)], key).unwrap();
        let acceptor = TlsAcceptor::from(Arc::new(config));
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let Ok(mut stream) = acceptor.accept(stream).await else { continue };
                let mut asked = [0; 4_096];
                let _ = stream.read(&mut asked).await;
                let _ = stream.write_all(b"HTTP/1.1 204 No Content\r\n\r\n").await;
            }
        });
        port
    }

    #[tokio::test]
    async fn a_host_is_believed_by_its_certificate_and_its_name() {
        let port = secure_host().await;
        let mut roots = RootCertStore::empty();
        roots.add(CertificateDer::from(HOST)).unwrap();
        let mut config = believing(roots);
        config.time_provider = Arc::new(In2030);
        let poster = Poster::by(config, Reach::Anywhere);
        let post = async |poster: &Poster, host: &str| {
            poster.post(&format!("https://{host}:{port}/"), &[], b"{}".to_vec()).await.map(|answered| answered.status)
        };
        assert_eq!(post(&poster, "127.0.0.1").await, Ok(204));
        assert_eq!(post(&poster, "localhost").await, Err(PostFault::Tls), "the certificate has another name");
        let believing_browsers_roots = Poster::new(Reach::Anywhere);
        assert_eq!(post(&believing_browsers_roots, "127.0.0.1").await, Err(PostFault::Tls), "nobody vouches for it");
    }

    #[test]
    fn only_the_public_internet_is_public() {
        for private in [
            "127.0.0.1",
            "10.1.2.3",
            "172.16.0.1",
            "192.168.1.1",
            "169.254.169.254",
            "100.64.0.1",
            "0.0.0.0",
            "224.0.0.1",
            "255.255.255.255",
            "198.18.0.1",
            "::1",
            "::",
            "fe80::1",
            "fc00::1",
            "::ffff:10.0.0.1",
            "64:ff9b::a00:1",
            "2002:7f00:1::",
            "2001:db8::1",
            "ff02::1",
        ] {
            assert!(!is_public(private.parse().unwrap()), "{private}");
        }
        for public in ["1.1.1.1", "172.32.0.1", "2400:3200::1", "::ffff:1.1.1.1", "64:ff9b::101:101"] {
            assert!(is_public(public.parse().unwrap()), "{public}");
        }
    }

    #[test]
    fn an_address_is_one_of_http() {
        for bad in [
            "",
            "ftp://a/",
            "/hook",
            "http://",
            "http://user:word@host/",
            "file:///etc/passwd",
            "http://a b/",
            "javascript:1",
        ] {
            assert_eq!(check_address(bad), Err(PostFault::Address), "{bad}");
        }
        assert_eq!(check_address(&format!("http://a/{}", "a".repeat(ADDRESS_BYTES_MAX))), Err(PostFault::Address));
        let target = Target::read("https://[2400:3200::1]:8443/hook?key=1").unwrap();
        assert_eq!((target.host.as_str(), target.port, target.is_secure), ("2400:3200::1", 8443, true));
        assert_eq!((target.authority.as_str(), target.path.as_str()), ("[2400:3200::1]:8443", "/hook?key=1"));
    }

    #[tokio::test]
    async fn nothing_goes_to_this_machine_unless_the_operator_lets_it() {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let poster = Poster::new(Reach::Public);
        for host in ["127.0.0.1", "localhost", "2130706433", "0x7f.1", "[::1]", "[::ffff:127.0.0.1]"] {
            let posted = poster.post(&format!("http://{host}:{port}/"), &[], Vec::new()).await;
            assert!(matches!(posted, Err(PostFault::Private | PostFault::Unreachable)), "{host}: {posted:?}");
        }
    }
}
